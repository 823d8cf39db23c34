// A desk without a person: virtual screen, window manager, session bus, unlocked keychain.

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { start } from './processes.mjs';
import { eventually } from './wait.mjs';

/** Starts it and answers the environment for programs on it. What was started joins `running`. */
export async function desk(home, running) {
  let number = 200;
  while (existsSync(`/tmp/.X11-unix/X${number}`)) number += 1;
  const display = `:${number}`;
  running.push(start('Xvfb', [display, '-screen', '0', '1280x800x24', '-nolisten', 'tcp']));
  await eventually('the virtual screen', () => existsSync(`/tmp/.X11-unix/X${number}`));

  const data = join(home, 'xdg');
  mkdirSync(data, { recursive: true });
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

function sessionBus(env, running) {
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1'], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  running.push(bus);
  return new Promise((resolve, reject) => {
    bus.once('error', reject);
    bus.stdout.once('data', (address) => resolve(String(address).trim()));
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
