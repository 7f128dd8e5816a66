import { createHash } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** sockaddr_un.sun_path holds 108 bytes including the final zero (unix(7)). */
const LONGEST = 107;

/** Path for a Unix socket: in the folder itself, or in a private one with a short name when the folder lies too deep. */
export function socketPath(dir: string, name: string, temporary: string = tmpdir()): string {
  const path = join(dir, name);
  if (Buffer.byteLength(path) <= LONGEST) return path;
  const user = process.getuid?.() ?? 0;
  const short = join(temporary, `mirante-${user}-${createHash('sha256').update(dir).digest('hex').slice(0, 12)}`);
  mkdirSync(short, { recursive: true, mode: 0o700 });
  const stat = statSync(short);
  // Anybody may create folders there first.
  if (stat.uid !== user || (stat.mode & 0o077) !== 0)
    throw new Error(`${short} belongs to somebody else or is open to others`);
  return join(short, name);
}
