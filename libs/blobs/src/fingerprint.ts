import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What tells one file from another. */
export interface FileMarks {
  sha256: string;
  /** CRC-32 (ISO 3309): unlike SHA-256 it can be checked part by part. */
  crc32: number;
  bytes: number;
}

/** Takes a file's marks while its bytes pass by. */
export class Fingerprint {
  private readonly hash: Hash = createHash('sha256');
  private checksum = 0;
  private length = 0;

  get bytes(): number {
    return this.length;
  }

  update(chunk: Uint8Array): void {
    this.hash.update(chunk);
    this.checksum = crc32(chunk, this.checksum);
    this.length += chunk.byteLength;
  }

  /** Marks of what has passed so far; more may follow. */
  marks(): FileMarks {
    return { sha256: this.hash.copy().digest('hex'), crc32: this.checksum, bytes: this.length };
  }
}

/** The marks of all that a stream has. */
export async function marksOf(stream: AsyncIterable<Uint8Array>): Promise<FileMarks> {
  const fingerprint = new Fingerprint();
  for await (const chunk of stream) fingerprint.update(chunk);
  return fingerprint.marks();
}
