import type { FileMarks } from './fingerprint.js';

/** A file as the store knows it. */
export interface StoredBlob extends FileMarks {
  /** Where to find it again; safe to send to another service, meaningless outside. */
  ref: string;
}
