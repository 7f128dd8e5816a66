import { createGunzip } from 'node:zlib';
import { GrowingBuffer } from './raw-record.js';

/** The content cannot be read any further; the message says why, in words for the uploader. */
export class DamagedArchiveError extends Error {
  override readonly name = 'DamagedArchiveError';
}

export interface DecodedBytes {
  gzip: boolean;
  chunks: AsyncIterable<Buffer>;
}

/** One piece of packed input may grow a thousandfold, and its output is held at once: keep pieces small. */
const PIECE_BYTES = 16 * 1024;
const OUTPUT_CHUNK_BYTES = 256 * 1024;

/** Unpacks gzip (of one or many members) when the first two bytes say so; other bytes pass as they are. */
export async function decodeBytes(bytes: AsyncIterable<Uint8Array>): Promise<DecodedBytes> {
  const source = bytes[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 2) {
    const next = await source.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const all = chain(head, source);
  const gzip = head[0] === 0x1f && head[1] === 0x8b;
  return { gzip, chunks: gzip ? gunzip(all) : all };
}

async function* chain(head: Buffer, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Buffer> {
  try {
    if (head.length > 0) yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) {
      const { buffer, byteOffset, byteLength } = next.value;
      yield Buffer.from(buffer, byteOffset, byteLength);
    }
  } finally {
    await rest.return?.();
  }
}

/**
 * Writes piece by piece and hands on what each gave. A pipe would be shorter, but drops what it has unpacked and not yet
 * delivered when an error follows; how much comes out of a damaged file must not depend on who reads how fast.
 */
async function* gunzip(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const stream = createGunzip({ chunkSize: OUTPUT_CHUNK_BYTES });
  const ready: Buffer[] = [];
  let failure: Error | null = null;
  stream.on('data', (chunk: Buffer) => ready.push(chunk));
  stream.on('error', (error: Error) => (failure = error));
  // After an error a write never calls back: closing has to wake its waiter.
  let wake = () => {};
  const finished = new Promise<void>((resolve) =>
    stream.once('close', () => {
      resolve();
      wake();
    }),
  );
  const write = (piece: Buffer) =>
    new Promise<void>((resolve) => {
      wake = resolve;
      stream.write(piece, () => resolve());
    });
  try {
    for await (const piece of inPieces(packed)) {
      await write(piece);
      yield* ready.splice(0);
      if (failure) break;
    }
    if (!failure) stream.end();
    await finished;
    yield* ready.splice(0);
    if (failure) throw new DamagedArchiveError(reasonOf(failure));
  } finally {
    stream.destroy();
  }
}

/** Pieces of one size whatever the chunks: a faulty piece gives nothing, and which one that is must not vary. */
async function* inPieces(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const held = new GrowingBuffer();
  for await (const chunk of chunks) {
    let at = 0;
    while (held.length + chunk.length - at >= PIECE_BYTES) {
      const end = at + PIECE_BYTES - held.length;
      held.add(chunk.subarray(at, end));
      at = end;
      yield held.take();
    }
    held.add(chunk.subarray(at));
  }
  if (held.length > 0) yield held.take();
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'Z_BUF_ERROR') return 'the gzip file is cut short: its end is missing';
  return `the gzip file is damaged: ${error.message}`;
}
