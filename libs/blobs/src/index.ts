export { BlobStore, type StoredBlob } from './blob-store.js';
export { blobsConfigSchema, type BlobsConfig } from './blobs.config.js';
export { BlobNotFoundError, BlobTooLargeError, DiskFullError } from './blobs.errors.js';
export { BlobsModule } from './blobs.module.js';
