import { JOB_ENTITIES } from '#libs/jobs';
import type { DataSourceParts } from '#libs/persistence';
import { TaskFileEntity } from './files/task-file.entity.js';
import { MIGRATIONS } from './migrations/index.js';

/** Everything in the schema of this service. */
export const SCHEMA: DataSourceParts = {
  entities: [...JOB_ENTITIES, TaskFileEntity],
  migrations: MIGRATIONS,
};
