import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { LogLine } from '../log-line.js';

/** What the log files of a folder hold, and what a reader has delivered of it. */
export interface Shipped {
  /** Lines of the files that say they are number x of writer y, in the order of files and lines. */
  numbers: Map<string, number[]>;
  /** Lines that are no JSON object, and files that do not end with a whole line. */
  torn: string[];
  /** Lines of the files that were not delivered, or as something else. */
  missing: number;
  /** Deliveries that no file has at that place. */
  foreign: number;
  /** Deliveries of a line that was delivered before. */
  doubled: number;
  lines: number;
  files: number;
}

/** Compares the files themselves with `delivered.tsv` of a reader. */
export async function compareShipped(dir: string, home: string): Promise<Shipped> {
  const result: Shipped = { numbers: new Map(), torn: [], missing: 0, foreign: 0, doubled: 0, lines: 0, files: 0 };
  const delivered = await readDelivered(join(home, 'delivered.tsv'), result);
  for (const path of logFiles(dir)) {
    result.files++;
    const text = readFileSync(path);
    if (text.at(-1) !== 0x0a) result.torn.push(`${path} ends with ${text.subarray(-80).toString()}`);
    const ofFile = delivered.get(fingerprintOf(path)) ?? new Map<number, string>();
    let from = 0;
    for (let feed = text.indexOf(0x0a); feed >= 0; feed = text.indexOf(0x0a, from)) {
      const id = countLine(text.toString('utf8', from, feed), result);
      if (ofFile.get(from) === id) ofFile.delete(from);
      else result.missing++;
      from = feed + 1;
    }
    result.foreign += ofFile.size;
    delivered.delete(fingerprintOf(path));
  }
  for (const ofFile of delivered.values()) result.foreign += ofFile.size;
  return result;
}

/** Oldest first: rotated files sort by time, the current one is the last. */
export function logFiles(dir: string): string[] {
  const rank = (name: string) => (name.endsWith('.ndjson') ? '~' : name);
  return readdirSync(dir)
    .filter((name) => name.includes('.ndjson') && !name.endsWith('.lock'))
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
    .map((name) => join(dir, name));
}

function countLine(text: string, result: Shipped): string | undefined {
  result.lines++;
  try {
    const { labels, event } = JSON.parse(text) as LogLine;
    const writer = labels?.['writer'];
    if (typeof writer === 'string') {
      const numbers = result.numbers.get(writer) ?? [];
      numbers.push(labels!['number'] as number);
      result.numbers.set(writer, numbers);
    }
    return event['id'] as string;
  } catch {
    result.torn.push(text.slice(-200));
    return undefined;
  }
}

async function readDelivered(file: string, result: Shipped): Promise<Map<string, Map<number, string>>> {
  const delivered = new Map<string, Map<number, string>>();
  for await (const record of createInterface({ input: createReadStream(file) })) {
    const [fingerprint = '', offset, id] = record.split('\t');
    // An empty record stands between two lives of the reader, one without an id was cut short by its end.
    if (id === undefined || id === '') continue;
    const ofFile = delivered.get(fingerprint) ?? new Map<number, string>();
    if (ofFile.has(Number(offset))) result.doubled++;
    ofFile.set(Number(offset), id);
    delivered.set(fingerprint, ofFile);
  }
  return delivered;
}

function fingerprintOf(path: string): string {
  const descriptor = openSync(path, 'r');
  const head = Buffer.alloc(1_024);
  readSync(descriptor, head, 0, head.length, 0);
  closeSync(descriptor);
  return createHash('sha256').update(head).digest('hex');
}
