import { Module, type DynamicModule } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { BlobStore } from './blob-store.js';
import { blobsConfigSchema } from './blobs.config.js';

/** Provides {@link BlobStore} over the folder named by the environment. */
@Module({})
export class BlobsModule {
  /** @param area kind of file, such as `archives`; services that pass files to each other name the same one */
  static forArea(area: string): DynamicModule {
    return {
      module: BlobsModule,
      providers: [{ provide: BlobStore, useFactory: () => new BlobStore(loadConfig(blobsConfigSchema), area) }],
      exports: [BlobStore],
    };
  }
}
