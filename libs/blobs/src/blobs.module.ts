import { Module } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { BlobStore } from './blob-store.js';
import { blobsConfigSchema } from './blobs.config.js';

/** Provides {@link BlobStore} over the folder named by the environment. */
@Module({
  providers: [{ provide: BlobStore, useFactory: () => new BlobStore(loadConfig(blobsConfigSchema)) }],
  exports: [BlobStore],
})
export class BlobsModule {}
