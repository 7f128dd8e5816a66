import type { IncomingMessage } from 'node:http';
import { UpstreamError } from '../../captures/upstream.errors.js';
import { GrowingBuffer } from '../../formats/raw-record.js';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** One line of a stream: its bytes, nothing for a keep-alive, or `overlong`. */
export type StreamLine = Buffer | 'keep-alive' | 'overlong';

/**
 * Cuts bytes into lines wherever the chunks end: a character may lie across two of them. Holds one unfinished line, and of
 * one that is longer than `most` only the knowledge that it is.
 */
export class LineCutter {
  private readonly held = new GrowingBuffer();
  private overlong = false;

  constructor(private readonly most: number) {}

  *push(chunk: Buffer): Generator<StreamLine> {
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, from)) {
      this.hold(chunk.subarray(from, at));
      from = at + 1;
      yield this.take();
    }
    this.hold(chunk.subarray(from));
  }

  /** Whether the bytes have ended inside a line. */
  get unfinished(): boolean {
    return this.overlong || this.held.length > 0;
  }

  private hold(part: Buffer): void {
    if (this.overlong || part.length === 0) return;
    if (this.held.length + part.length > this.most) {
      this.overlong = true;
      this.held.take();
    } else this.held.add(part);
  }

  private take(): StreamLine {
    if (this.overlong) {
      this.overlong = false;
      return 'overlong';
    }
    const bytes = this.held.take();
    const line = bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes;
    return line.length === 0 ? 'keep-alive' : line;
  }
}

/**
 * Lines of an open stream, as fast as they are taken: what is not taken stays in the socket, and X sees it. Ends with the
 * stream or with `signal`. Leaving the loop closes the connection.
 *
 * @throws UpstreamError `network` when it is cut, or brings not one byte for `silenceMs`
 */
export async function* readLines(
  stream: IncomingMessage,
  limits: { silenceMs: number; lineBytes: number },
  signal: AbortSignal,
): AsyncGenerator<StreamLine> {
  const cutter = new LineCutter(limits.lineBytes);
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let silent = false;
  try {
    while (!signal.aborted) {
      // Runs only while there is nothing to read: a slow taker is no silent stream.
      const watchdog = setTimeout(() => {
        silent = true;
        stream.destroy(new Error('silence'));
      }, limits.silenceMs);
      const next = await chunks.next().finally(() => clearTimeout(watchdog));
      if (next.done) break;
      yield* cutter.push(next.value);
    }
  } catch (error) {
    if (!signal.aborted) throw broken(error, silent ? limits.silenceMs : null);
  } finally {
    stream.destroy();
  }
  if (!signal.aborted && cutter.unfinished) throw new UpstreamError('network', 'retry', 'the stream of X was cut');
}

function broken(error: unknown, silenceMs: number | null): UpstreamError {
  if (silenceMs !== null)
    return new UpstreamError('network', 'retry', `the stream of X was silent for ${silenceMs} ms`);
  if (error instanceof UpstreamError) return error;
  return new UpstreamError('network', 'retry', 'the stream of X was cut');
}
