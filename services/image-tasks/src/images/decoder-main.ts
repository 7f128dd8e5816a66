import { writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { messageOf } from '#libs/kernel';
import { hardenDecoder } from './image-codec.js';
import { DECODER_BYTES } from './image-limits.domain.js';
import type { DecoderAnswer, DecoderRequest } from './image.types.js';
import { ImageError } from './images.errors.js';
import { processImage } from './process-image.js';

// Entry of the decoding process: it works on one image at a time, may be killed at any moment, and knows no secrets.

const LOWEST_PRIORITY = 19;

/** Collections after which memory that is still held is no rubbish. */
const MAX_TURNS = 10;

try {
  // When memory runs out, this process goes, not the worker.
  writeFileSync('/proc/self/oom_score_adj', '1000');
} catch {
  // Not Linux.
}
const [niceness = '0'] = process.argv.slice(2);
setPriority(Math.min(LOWEST_PRIORITY, getPriority() + Number(niceness)));
hardenDecoder();
// An orderly exit would wait for the decoder's threads, which may be in an endless loop.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (request: DecoderRequest) => void answer(request));
say({ kind: 'ready' });

function say(answer: DecoderAnswer): void {
  process.send?.(answer);
}

async function answer(request: DecoderRequest): Promise<void> {
  const said = await work(request);
  await freePixels();
  say(said);
}

/**
 * Pixels lie outside the heap: left alone they stay until the heap needs room. The answer waits for it, because who hears it
 * looks at the memory of this process. What frees them runs after the collection, in part in another thread.
 */
async function freePixels(): Promise<void> {
  for (let turn = 0; turn < MAX_TURNS && process.memoryUsage.rss() > DECODER_BYTES; turn++) {
    globalThis.gc?.();
    await setTimeout(1);
  }
}

async function work({ task, limits }: DecoderRequest): Promise<DecoderAnswer> {
  try {
    const report = await processImage(task, limits, (fraction) => say({ kind: 'progress', fraction }));
    return { kind: 'done', report };
  } catch (error) {
    if (!(error instanceof ImageError)) return { kind: 'failed', message: messageOf(error) };
    return { kind: 'refused', code: error.code, message: error.message, details: error.details };
  }
}
