import type { Readable } from 'node:stream';
import type { PartialFiles } from './partial-files.js';
import type { StoredBlob } from './stored-blob.js';

/** What bounds a file that is stored. */
export interface PutOptions {
  maxBytes: number;
  /** How long it will be, when that is known: what does not fit is then refused before a byte of it is read. */
  expectedBytes?: number;
}

/** Bytes from `start` on, up to but without `end`. */
export interface Range {
  start?: number;
  end?: number;
}

/**
 * Content-addressed files: the name of a file is the SHA-256 of its bytes, so equal content is stored once and a stored
 * file never changes. A file appears under its name only when it is whole. Where the bytes lie, in a folder or in a bucket,
 * is a matter of configuration.
 */
export abstract class BlobStore {
  /** Files that arrive in pieces, over several requests. */
  abstract readonly partials: PartialFiles;

  /** Whether the bytes lie on this machine: then {@link withLocalFile} copies nothing. */
  abstract readonly isLocal: boolean;

  /**
   * Stores a stream at constant memory.
   *
   * @throws BlobTooLargeError beyond `maxBytes`, DiskFullError when there is no room; nothing stays behind
   */
  abstract put(stream: AsyncIterable<Uint8Array>, options: PutOptions): Promise<StoredBlob>;

  /** Reads a file or a range of it. A missing file shows as an `error` event of the stream. */
  abstract open(ref: string, range?: Range): Readable;

  /**
   * Runs the work with a path to the bytes, for programs that want a file of their own to read. The path is good until the
   * work has ended.
   *
   * @throws BlobNotFoundError
   */
  abstract withLocalFile<T>(ref: string, work: (path: string) => Promise<T>): Promise<T>;

  /**
   * Size, and when it was stored or stored again.
   *
   * @throws BlobNotFoundError
   */
  abstract stat(ref: string): Promise<{ bytes: number; storedAt: Date }>;

  /** Removes a file; one that is already gone is no error. */
  abstract remove(ref: string): Promise<void>;

  /** Files stored (or stored again) more than `ageMs` ago. */
  abstract olderThan(ageMs: number, now?: number): AsyncGenerator<string>;

  /**
   * Removes files that were stored more than `ageMs` ago and that nobody needs. One that is stored again meanwhile stays: who
   * stored it has not said yet that it is needed.
   *
   * @param inUse which of these files somebody needs
   * @param now milliseconds since the epoch
   * @returns how many were removed
   */
  async removeUnused(
    ageMs: number,
    inUse: (refs: readonly string[]) => Promise<ReadonlySet<string>>,
    now: number = Date.now(),
  ): Promise<number> {
    let removed = 0;
    let refs: string[] = [];
    const removeThese = async () => {
      const used = refs.length === 0 ? new Set<string>() : await inUse(refs);
      for (const ref of refs.filter((one) => !used.has(one))) {
        const { storedAt } = await this.stat(ref);
        if (now - storedAt.getTime() <= ageMs) continue;
        await this.remove(ref);
        removed++;
      }
      refs = [];
    };
    for await (const ref of this.olderThan(ageMs, now)) {
      if (refs.push(ref) === REFS_PER_QUESTION) await removeThese();
    }
    await removeThese();
    return removed;
  }

  /** Deletes what uploads that died with their process left behind. @returns how much */
  abstract sweepTemporary(now?: number): Promise<number>;
}

/** How many files are asked about at once before they are removed. */
const REFS_PER_QUESTION = 500;

const REF = /^[0-9a-f]{64}$/;

/** Whether a text can be the reference of a file: nothing else may become part of a path. */
export function isRef(text: string): boolean {
  return REF.test(text);
}

/** What is left of an upload longer than this ago belongs to a process that died. */
export const STALE_TEMPORARY_MS = 24 * 60 * 60 * 1_000;
