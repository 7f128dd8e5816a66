import { createHash, randomUUID } from 'node:crypto';

export interface SimulatedObject {
  body: Buffer;
  etag: string;
  storedAt: Date;
}

interface Upload {
  key: string;
  startedAt: Date;
  parts: Map<number, SimulatedObject>;
}

/** What S3 refuses: the code of its XML, and the status. */
export class S3Refusal extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
  ) {
    super(code);
  }
}

const MIN_PART = 5 * 1024 ** 2;
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest();

/** Objects and multipart uploads of one bucket, with the rules of S3 about them. */
export class SimulatedBucket {
  readonly objects = new Map<string, SimulatedObject>();
  readonly uploads = new Map<string, Upload>();
  /** Bytes there is room for, parts included. */
  capacity = Infinity;

  get used(): number {
    const all = [...this.objects.values(), ...[...this.uploads.values()].flatMap(({ parts }) => [...parts.values()])];
    return all.reduce((sum, { body }) => sum + body.byteLength, 0);
  }

  put(key: string, body: Buffer): SimulatedObject {
    return this.set(this.objects, key, body, `"${md5(body).toString('hex')}"`);
  }

  get(key: string): SimulatedObject {
    const found = this.objects.get(key);
    if (!found) throw new S3Refusal('NoSuchKey', 404);
    return found;
  }

  start(key: string): string {
    const id = randomUUID();
    this.uploads.set(id, { key, startedAt: new Date(), parts: new Map() });
    return id;
  }

  upload(key: string, id: string | null): Upload {
    const found = this.uploads.get(id ?? '');
    if (found?.key !== key) throw new S3Refusal('NoSuchUpload', 404);
    return found;
  }

  putPart(key: string, id: string | null, number: number, body: Buffer): SimulatedObject {
    if (!(number >= 1 && number <= 10_000)) throw new S3Refusal('InvalidArgument', 400);
    return this.set(this.upload(key, id).parts, number, body, `"${md5(body).toString('hex')}"`);
  }

  complete(key: string, id: string, listed: readonly { number: number; etag: string }[]): SimulatedObject {
    const { parts } = this.upload(key, id);
    if (listed.length === 0) throw new S3Refusal('MalformedXML', 400);
    const bodies = listed.map(({ number, etag }, index) => {
      const part = parts.get(number);
      if (!part || part.etag !== etag) throw new S3Refusal('InvalidPart', 400);
      if (index > 0 && number <= listed[index - 1]!.number) throw new S3Refusal('InvalidPartOrder', 400);
      if (index < listed.length - 1 && part.body.byteLength < MIN_PART) throw new S3Refusal('EntityTooSmall', 400);
      return part.body;
    });
    const etag = `"${md5(Buffer.concat(bodies.map(md5))).toString('hex')}-${bodies.length}"`;
    this.uploads.delete(id);
    return this.set(this.objects, key, Buffer.concat(bodies), etag);
  }

  private set<K>(into: Map<K, SimulatedObject>, key: K, body: Buffer, etag: string): SimulatedObject {
    const before = into.get(key)?.body.byteLength ?? 0;
    if (this.used - before + body.byteLength > this.capacity) throw new S3Refusal('InsufficientStorage', 507);
    const object = { body, etag, storedAt: new Date() };
    into.set(key, object);
    return object;
  }
}
