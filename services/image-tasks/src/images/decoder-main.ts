import { writeFileSync } from 'node:fs';
import { messageOf } from '#libs/kernel';
import { hardenDecoder } from './image-codec.js';
import type { DecoderAnswer, DecoderRequest } from './image.types.js';
import { ImageError } from './images.errors.js';
import { processImage } from './process-image.js';

// Entry of the decoding process: it works on one image at a time, may be killed at any moment, and knows no secrets.

try {
  // When memory runs out, this process goes, not the worker.
  writeFileSync('/proc/self/oom_score_adj', '1000');
} catch {
  // Not Linux.
}
hardenDecoder();
// An orderly exit would wait for the decoder's threads, which may be in an endless loop.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (request: DecoderRequest) => void answer(request));
say({ kind: 'ready' });

function say(answer: DecoderAnswer): void {
  process.send?.(answer);
}

async function answer({ task, limits }: DecoderRequest): Promise<void> {
  try {
    const report = await processImage(task, limits, (fraction) => say({ kind: 'progress', fraction }));
    say({ kind: 'done', report });
  } catch (error) {
    if (error instanceof ImageError) {
      say({ kind: 'refused', code: error.code, message: error.message, details: error.details });
    } else say({ kind: 'failed', message: messageOf(error) });
  } finally {
    // Pixels lie outside the heap, so without this they stay until the heap needs room.
    globalThis.gc?.();
  }
}
