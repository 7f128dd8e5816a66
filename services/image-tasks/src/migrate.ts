import { migrateFromEnvironment } from '#libs/persistence';
import { SCHEMA } from './data-source.js';

await migrateFromEnvironment('image-tasks', SCHEMA);
