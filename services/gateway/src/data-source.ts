import type { DataSourceParts } from '#libs/persistence';
import { ApiKeyEntity } from './keys/api-key.entity.js';
import { KeyWindowEntity } from './keys/key-window.entity.js';
import { UploadEntity, UploadTenantEntity } from './uploads/upload.entity.js';
import { migrations } from './migrations/index.js';

/** Everything in the schema of this service. */
export const SCHEMA: DataSourceParts = {
  entities: [ApiKeyEntity, KeyWindowEntity, UploadEntity, UploadTenantEntity],
  migrations,
};
