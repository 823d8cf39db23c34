import js from '@eslint/js';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** Imports go one way: features → components, state → ipc → host; the grid knows nothing. */
const zone = (target, from, message) => ({
  target: `./src/${target}`,
  from: from.map((one) => `./src/${one}`),
  message,
});
const FEATURES = [
  'auth',
  'composer',
  'create',
  'credits',
  'frame',
  'gallery',
  'help',
  'queue',
  'settings',
  'viewer',
];

export default ts.config(
  { ignores: ['dist/', 'src/lib/ipc/generated/'] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    plugins: { 'import-x': importX },
    languageOptions: {
      globals: globals.browser,
      parserOptions: {
        projectService: {
          allowDefaultProject: ['eslint.config.js', 'svelte.config.js', 'public/first-paint.js'],
        },
        extraFileExtensions: ['.svelte'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    settings: {
      'import-x/resolver-next': [createTypeScriptImportResolver()],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      '@typescript-eslint/explicit-function-return-type': ['error', { allowExpressions: true }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': [
        'error',
        {
          basePath: import.meta.dirname,
          zones: [
            zone('lib', ['features', 'app'], 'lib stands below the features and the application'),
            zone('lib/components', ['lib/state', 'lib/host'], 'components know no state'),
            zone(
              'lib/grid',
              ['lib/components', 'lib/state', 'lib/ipc', 'lib/host', 'lib/i18n'],
              'the grid is pure',
            ),
            zone('lib/ipc', ['lib/state', 'lib/components'], 'the way to the core knows no state'),
            zone('lib/host', ['lib/state', 'lib/components'], 'the host knows no state'),
            zone('app', ['features'], 'only App.svelte composes features'),
            ...FEATURES.map((name) => ({
              target: `./src/features/${name}`,
              from: './src/features',
              except: [`./${name}`],
              message: 'features do not import each other; App.svelte composes them',
            })),
          ],
        },
      ],
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['../*'], message: 'Import by `$/…`, never upwards.' }] },
      ],
    },
  },
  {
    files: ['src/**'],
    ignores: ['src/lib/host/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['../*'], message: 'Import by `$/…`, never upwards.' },
            { group: ['@tauri-apps/*'], message: 'Only src/lib/host knows Tauri.' },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    rules: {
      // Reading a value in an effect only to depend on it.
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // Types of snippets are seen by svelte-check only; here they look like `any`.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      // What is watched is declared with runes; plain maps and sets are meant plain.
      'svelte/prefer-svelte-reactivity': 'off',
      // Props and state are `let` by design of the language.
      'prefer-const': 'off',
      'svelte/prefer-const': [
        'error',
        { destructuring: 'all', excludedRunes: ['$props', '$derived', '$bindable'] },
      ],
    },
  },
  {
    // A host rejects with the core's error as plain JSON; `callOf` makes it an Error.
    files: ['src/lib/host/**'],
    rules: { '@typescript-eslint/only-throw-error': 'off' },
  },
  { files: ['*.js', 'public/*.js'], ...ts.configs.disableTypeChecked },
  {
    files: ['*.js', 'public/*.js'],
    rules: { '@typescript-eslint/explicit-function-return-type': 'off' },
  },
);
