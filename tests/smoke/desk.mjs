// A desk without a person: virtual screen, window manager, session bus, unlocked keychain.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { spawn, spawnSync } from 'node:child_process';
import { start } from './processes.mjs';
import { eventually } from './wait.mjs';

/** Starts it and answers the environment for programs on it. What was started joins `running`. */
export async function desk(home, running) {
  const display = await virtualScreen(running);
  const data = join(home, 'xdg');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const environment = {
    ...process.env,
    DISPLAY: display,
    XDG_DATA_HOME: data,
    XDG_RUNTIME_DIR: data,
    NO_AT_BRIDGE: '1',
    WEBKIT_DISABLE_COMPOSITING_MODE: '1',
    LIBGL_ALWAYS_SOFTWARE: '1',
  };
  const bus = await sessionBus(environment, running);
  const all = { ...environment, DBUS_SESSION_BUS_ADDRESS: bus };
  running.push(start('openbox', [], all));
  await unlockKeychain(all, running);
  return all;
}

/** Closes the window of that title as its user would: by the window manager's key. */
export async function closeWindow(title, env) {
  const xdotool = (...words) => spawnSync('xdotool', words, { env, encoding: 'utf8' });
  const found = () => xdotool('search', '--onlyvisible', '--name', `^${title}$`).stdout.trim();
  await eventually('the window', found);
  // A key that comes before the window manager is ready for it is lost; its user would press it again.
  await eventually('the window to close', () => {
    const id = found();
    if (id !== '') xdotool('windowactivate', '--sync', id, 'key', '--clearmodifiers', 'alt+F4');
    return id === '';
  });
}

/** Photographs the screen, because WebKit's driver waits for ever for a frame of a page at rest. */
export function photograph(file, env) {
  const { status, stderr } = spawnSync('import', ['-window', 'root', file], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the screenshot failed: ${stderr}`);
}

/** The server looks for a free number itself and tells it once it answers. */
async function virtualScreen(running) {
  const options = ['-displayfd', '1', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'];
  return `:${await firstWord('Xvfb', options, process.env, running)}`;
}

function sessionBus(env, running) {
  return firstWord('dbus-daemon', ['--session', '--nofork', '--print-address=1'], env, running);
}

/** Starts a server that says on its standard output where it is. */
function firstWord(program, args, env, running) {
  const server = spawn(program, args, { env, detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  running.push(server);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`${program} ended before it was ready`)));
    let text = '';
    server.stdout.on('data', (piece) => {
      text += piece;
      if (text.includes('\n')) resolve(text.trim());
    });
  });
}

async function unlockKeychain(env, running) {
  const keychain = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
    env,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Its end closes nothing: only the password is read from here.
  keychain.stdin.end('smoke\n');
  running.push(Object.assign(keychain, { stdin: null }));
  await eventually('the keychain', () => answers(env));
}

function answers(env) {
  const names = spawn(
    'dbus-send',
    [
      ...['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus'],
      ...['org.freedesktop.DBus.NameHasOwner', 'string:org.freedesktop.secrets'],
    ],
    { env, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  let text = '';
  names.stdout.on('data', (piece) => (text += piece));
  return new Promise((resolve) => names.once('exit', () => resolve(text.includes('true'))));
}
