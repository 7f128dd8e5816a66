import { closeSync, openSync, writeSync } from 'node:fs';
import { FilestreamReader, type ShippedLine } from './filestream-reader.js';

/**
 * A reader as a process, to be killed: `reader-process.js <log folder> <folder for registry and output>`. It writes what it
 * delivers to `delivered.tsv`: fingerprint, offset, `event.id`. Ends on SIGTERM.
 */
const [dir = '', home = ''] = process.argv.slice(2);
const output = openSync(`${home}/delivered.tsv`, 'a');
// A kill may have cut the last record short. It was not delivered then, and comes again.
writeSync(output, '\n');

const reader = new FilestreamReader(
  {
    dir,
    registryFile: `${home}/registry.json`,
    fingerprintBytes: 1_024,
    // Filebeat's proportions, a hundred times faster.
    scanMs: 100,
    backoffMs: { first: 20, last: 100 },
    closeInactiveMs: 3_000,
    stateCheckMs: 50,
    registryFlushMs: 10,
    bufferBytes: 64 * 1_024,
  },
  (lines) => {
    writeSync(output, lines.map(recordOf).join(''));
    return Promise.resolve();
  },
);
process.once('SIGTERM', () => reader.stop());
process.stderr.write('reading');
await reader.run();
closeSync(output);

function recordOf({ fingerprint, offset, text }: ShippedLine): string {
  return `${fingerprint}\t${offset}\t${eventIdOf(text)}\n`;
}

/** As the parser `ndjson` with `document_id: event.id`. */
function eventIdOf(text: string): string {
  try {
    return (JSON.parse(text) as { event: { id: string } }).event.id;
  } catch {
    return `not JSON: ${text.slice(-80)}`;
  }
}
