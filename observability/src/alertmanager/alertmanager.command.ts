import { open } from 'node:fs/promises';
import { stringify } from 'yaml';
import { alertReceivers } from './alert-receivers.config.js';
import { alertmanagerConfig } from './alertmanager-config.js';
import type { Terminal } from '../terminal.js';
import { muteAlerts } from './mute.js';

/** Writes a configuration with the receivers of the environment; it may hold secrets, so only its owner may read it. */
export async function writeAlertmanagerConfig([file]: readonly string[], terminal: Terminal): Promise<number> {
  if (file === undefined) {
    terminal.complain('say which file to write');
    return 2;
  }
  const text = stringify(alertmanagerConfig(alertReceivers()), { lineWidth: 0 });
  const handle = await open(file, 'w', 0o600);
  try {
    // A file that was there keeps the mode it had.
    await handle.chmod(0o600);
    await handle.writeFile(text);
  } finally {
    await handle.close();
  }
  terminal.say(`wrote ${file}`);
  return 0;
}

/** `mute 15m deploying 0.2`: nobody is told of pages and tickets for that long. */
export async function mute([duration, ...words]: readonly string[], terminal: Terminal): Promise<number> {
  const minutes = /^(\d{1,4})m$/.exec(duration ?? '')?.[1];
  const why = words.join(' ');
  if (minutes === undefined || why === '') {
    terminal.complain('say for how many minutes and why: mute 15m deploying 0.2');
    return 2;
  }
  const id = await muteAlerts(Number(minutes), why);
  const end = `amtool --alertmanager.url="$MIRANTE_ALERTMANAGER_URL" silence expire ${id}`;
  terminal.say(`nobody is told of alerts for ${minutes} minutes; end it before with: ${end}`);
  return 0;
}
