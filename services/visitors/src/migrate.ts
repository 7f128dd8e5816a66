import { migrateFromEnvironment } from '#libs/persistence';
import { SCHEMA } from './data-source.js';

await migrateFromEnvironment('visitors', SCHEMA);
