import { Module, type DynamicModule } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { BlobStore } from './blob-store.js';
import { blobsConfigSchema, type BlobsConfig } from './blobs.config.js';
import { FolderBlobStore } from './folder/folder-blob-store.js';

/** Provides {@link BlobStore} over the folder or the bucket named by the environment. */
@Module({})
export class BlobsModule {
  /** @param area kind of file, such as `archives`; services that pass files to each other name the same one */
  static forArea(area: string): DynamicModule {
    return {
      module: BlobsModule,
      providers: [{ provide: BlobStore, useFactory: () => openBlobStore(loadConfig(blobsConfigSchema), area) }],
      exports: [BlobStore],
    };
  }
}

/** The store of an area as configured. */
export async function openBlobStore(config: BlobsConfig, area: string): Promise<BlobStore> {
  if (config.MIRANTE_BLOB_URL !== undefined) {
    // Loaded only where it is used: the client is larger than all the rest.
    const { s3BlobStore } = await import('./s3/s3-client.js');
    return s3BlobStore(config, area);
  }
  return new FolderBlobStore({ dir: config.MIRANTE_BLOB_DIR!, minFreeBytes: config.MIRANTE_BLOB_MIN_FREE_BYTES }, area);
}
