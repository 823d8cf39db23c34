import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Relative asset URLs: the same build is served by the desktop shell and by the bridge.
export default defineConfig({
  base: './',
  plugins: [svelte()],
  resolve: {
    alias: { $: fileURLToPath(new URL('./src', import.meta.url)) },
    // Vitest runs in Node; runes need Svelte's browser build there.
    ...(process.env['VITEST'] ? { conditions: ['browser'] } : {}),
  },
  server: { port: 5173, strictPort: true },
  build: {
    target: ['es2022', 'safari16'],
    // A font or picture inlined as `data:` would need a hole in the content security policy.
    assetsInlineLimit: 0,
    sourcemap: false,
  },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
});
