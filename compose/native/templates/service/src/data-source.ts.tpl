import type { DataSourceParts } from '#libs/persistence';
import { MIGRATIONS } from './migrations/index.js';

/** Everything in the schema of this service. */
export const SCHEMA: DataSourceParts = {
  entities: [],
  migrations: MIGRATIONS,
};
