import type { DataSourceParts } from '#libs/persistence';
import { entities } from './entities/index.js';
import { migrations } from './migrations/index.js';

/** Everything in the schema of this service. */
export const SCHEMA: DataSourceParts = { entities, migrations };
