import type { FileMarks } from './fingerprint.js';
import type { StoredBlob } from './stored-blob.js';

/** A file of which only a part may be there. */
export interface PartialFile {
  /** A UUID that the owner has chosen. */
  id: string;
  /** What the store needs to find it again, from {@link PartialFiles.begin}. */
  handle: string;
  /** Length of the whole. */
  bytes: number;
}

/** Something that is left in the store, whether or not its owner still knows of it. */
export interface LeftPartial {
  id: string;
  handle: string;
  ageMs: number;
}

/**
 * Files that arrive in pieces. What was stored of a piece stays, also when the process dies: {@link size} tells how much.
 * They are apart from the files of the store, which no sweep of those touches, until they are published.
 *
 * One writer at a time: the caller sees to it.
 */
export interface PartialFiles {
  /** @returns the handle of the file. @throws DiskFullError when the whole would not fit */
  begin(id: string, bytes: number): Promise<string>;

  /** How many bytes are stored. @throws BlobNotFoundError */
  size(file: PartialFile): Promise<number>;

  /**
   * Stores what comes, from byte `offset` on. When the stream breaks, what came before stays.
   *
   * @param mayWrite asked before bytes are stored; throws when this writer has lost the file to another one
   * @returns how many bytes are stored then
   * @throws OffsetConflictError, BlobTooLargeError beyond the length, DiskFullError, what the stream throws
   */
  append(file: PartialFile, offset: number, stream: AsyncIterable<Uint8Array>, mayWrite?: () => void): Promise<number>;

  /** Closes a file that is whole. May be repeated. @throws PartialUnfinishedError, BlobNotFoundError */
  seal(file: PartialFile): Promise<FileMarks>;

  /**
   * Makes a sealed file one of the store, without its bytes passing through this process. The partial file stays, so it
   * can be published again when the store has removed its own.
   */
  publish(file: PartialFile, marks: FileMarks): Promise<StoredBlob>;

  /** Removes a file; one that is already gone is no error. */
  discard(file: PartialFile): Promise<void>;

  /** All there are. */
  list(now?: number): AsyncGenerator<LeftPartial>;
}
