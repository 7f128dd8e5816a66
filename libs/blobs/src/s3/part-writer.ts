import type { S3Bucket, StoredPart } from './s3-bucket.js';
import type { UploadSlots } from './upload-slots.js';

/** Most parts of one upload on their way at the same time. */
const IN_FLIGHT = 3;

/** The fewest bytes a part may have that is not the last, says S3, and the most parts of an upload. */
const MIN_PART_BYTES = 8 * 1024 ** 2;
const MAX_PARTS = 10_000;
const MIB = 1024 ** 2;

/** The size of every part but the last of a file so long: some servers want them equal. */
export function partBytesFor(bytes: number): number {
  return Math.max(MIN_PART_BYTES, Math.ceil(bytes / MAX_PARTS / MIB) * MIB);
}

export interface PartTarget {
  key: string;
  uploadId: string;
  partBytes: number;
}

/** Cuts a stream into the parts of a multipart upload: some are on their way while the next one is collected. */
export class PartWriter {
  private collected: Uint8Array[] = [];
  private collectedBytes = 0;
  private readonly done: StoredPart[] = [];
  private readonly onTheWay = new Set<Promise<void>>();
  private failure: { error: unknown } | undefined;

  constructor(
    private readonly bucket: S3Bucket,
    private readonly target: PartTarget,
    private readonly slots: UploadSlots,
    private nextNumber = 1,
  ) {}

  /** @throws what sending a part before has thrown */
  async write(chunk: Uint8Array): Promise<void> {
    let rest = chunk;
    while (rest.byteLength > 0) {
      const taken = rest.subarray(0, this.target.partBytes - this.collectedBytes);
      this.collected.push(taken);
      this.collectedBytes += taken.byteLength;
      rest = rest.subarray(taken.byteLength);
      if (this.collectedBytes === this.target.partBytes) await this.send(this.takeRest());
    }
  }

  /** Bytes that are no whole part. They are the caller's now. */
  takeRest(): Buffer {
    const rest = Buffer.concat(this.collected, this.collectedBytes);
    this.collected = [];
    this.collectedBytes = 0;
    return rest;
  }

  /** Number of the part that comes next. */
  get next(): number {
    return this.nextNumber;
  }

  /** Sends a part, also one that is smaller than the others: the last. */
  async send(body: Buffer): Promise<void> {
    while (this.onTheWay.size >= IN_FLIGHT) await Promise.race(this.onTheWay);
    this.throwFailure();
    const number = this.nextNumber++;
    const sending: Promise<void> = this.slots
      .run(() => this.bucket.putPart(this.target.key, this.target.uploadId, number, body))
      .then(
        (part) => void this.done.push(part),
        (error: unknown) => void (this.failure ??= { error }),
      )
      .finally(() => this.onTheWay.delete(sending));
    this.onTheWay.add(sending);
  }

  /** Waits for what is on its way. @returns the parts sent, in order */
  async settle(): Promise<StoredPart[]> {
    await Promise.all(this.onTheWay);
    this.throwFailure();
    return this.done.sort((a, b) => a.number - b.number);
  }

  private throwFailure(): void {
    if (this.failure) throw this.failure.error;
  }
}
