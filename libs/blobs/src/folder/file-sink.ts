import type { FileHandle } from 'node:fs/promises';

/** So many bytes are handed to the system in one call. */
const BATCH_BYTES = 1024 * 1024;

/**
 * Writes chunks to a file from a position on: one batch is written while the next one comes in, so that at most two are in
 * memory.
 */
export class FileSink {
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private writing: Promise<void> = Promise.resolve();
  private written: number;

  /** @param onWritten sees every chunk once it is in the file, in order */
  constructor(
    private readonly file: FileHandle,
    position: number,
    private readonly onWritten: (chunk: Uint8Array) => void,
  ) {
    this.written = position;
  }

  /** Where the bytes end that are surely in the file. */
  get position(): number {
    return this.written;
  }

  /** @throws what writing a batch before has thrown */
  async write(chunk: Uint8Array): Promise<void> {
    this.waiting.push(chunk);
    this.waitingBytes += chunk.byteLength;
    if (this.waitingBytes >= BATCH_BYTES) await this.startBatch();
  }

  /** Waits until everything is in the file. */
  async finish(): Promise<void> {
    await this.startBatch();
    await this.writing;
  }

  private async startBatch(): Promise<void> {
    await this.writing;
    if (this.waitingBytes === 0) return;
    const batch = this.waiting;
    this.waiting = [];
    this.waitingBytes = 0;
    this.writing = this.writeAll(batch);
    // Seen by whoever awaits it next; until then it must not count as unhandled.
    this.writing.catch(() => undefined);
  }

  private async writeAll(batch: readonly Uint8Array[]): Promise<void> {
    const bytes = batch.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    let done = 0;
    while (done < bytes) {
      // A nearly full disk takes a part of it and then nothing.
      const { bytesWritten } = await this.file.writev(skip(batch, done), this.written + done);
      done += bytesWritten;
    }
    this.written += bytes;
    for (const chunk of batch) this.onWritten(chunk);
  }
}

function skip(chunks: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let left = bytes;
  return chunks.flatMap((chunk) => {
    const rest = chunk.subarray(Math.min(left, chunk.byteLength));
    left -= chunk.byteLength - rest.byteLength;
    return rest.byteLength === 0 ? [] : [rest];
  });
}
