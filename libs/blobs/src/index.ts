export { BlobStore, type PutOptions, type Range } from './blob-store.js';
export type { StoredBlob } from './stored-blob.js';
export { blobsConfigSchema, type BlobsConfig } from './blobs.config.js';
export {
  BlobNotFoundError,
  BlobTooLargeError,
  BlobsUnavailableError,
  DiskFullError,
  OffsetConflictError,
  PartialUnfinishedError,
} from './blobs.errors.js';
export { BlobsModule, openBlobStore } from './blobs.module.js';
export type { FileMarks } from './fingerprint.js';
export { FolderBlobStore } from './folder/folder-blob-store.js';
export type { LeftPartial, PartialFile, PartialFiles } from './partial-files.js';
