import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const CHUNK_BYTES = 1024 * 1024;
const LINE_FEED = 0x0a;

/** Paths of the log files of all services: those written now first, then those put aside, newest first. */
export async function logFilesIn(dir: string): Promise<string[]> {
  const names = (await readdir(dir)).filter((name) => /\.ndjson(\.\d{8}T[\d.]+Z(-\d{3})?)?$/.test(name));
  const current = names.filter((name) => name.endsWith('.ndjson')).sort();
  const aside = names.filter((name) => !name.endsWith('.ndjson'));
  aside.sort((a, b) => (timeIn(a) < timeIn(b) ? 1 : -1));
  return [...current, ...aside].map((name) => join(dir, name));
}

function timeIn(name: string): string {
  return name.slice(name.indexOf('.ndjson.'));
}

/** Whole lines among the last bytes of a file, oldest first. */
export async function tailOf(path: string, bytes: number): Promise<string[]> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - bytes);
    const buffer = Buffer.alloc(size - start);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
    // The last is what is being written, the first is cut unless the file begins there.
    return lines.slice(start === 0 ? 0 : 1, -1);
  } finally {
    await file.close();
  }
}

/**
 * Lines of a file that hold a text, found without parsing the others. Memory stays at about two chunks however large the
 * file is.
 *
 * @param spend told how many bytes were read; reading ends when it says false
 */
export async function* linesWith(
  text: string,
  path: string,
  spend: (bytes: number) => boolean,
): AsyncGenerator<string> {
  const wanted = Buffer.from(text);
  const file = await open(path);
  try {
    let rest: Buffer = Buffer.alloc(0);
    for (let position = 0; ;) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      const joined = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      const end = joined.lastIndexOf(LINE_FEED) + 1;
      yield* linesHolding(wanted, joined.subarray(0, end));
      // A line longer than a chunk is none of ours.
      rest = joined.length - end > CHUNK_BYTES ? Buffer.alloc(0) : joined.subarray(end);
      if (!spend(bytesRead)) return;
    }
  } finally {
    await file.close();
  }
}

function* linesHolding(wanted: Buffer, lines: Buffer): Generator<string> {
  for (let at = lines.indexOf(wanted); at >= 0;) {
    const begin = lines.lastIndexOf(LINE_FEED, at) + 1;
    const end = lines.indexOf(LINE_FEED, at);
    yield lines.toString('utf8', begin, end);
    at = lines.indexOf(wanted, end);
  }
}
