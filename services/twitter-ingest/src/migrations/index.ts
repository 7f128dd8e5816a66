import { CreatePosts1763700000000 } from './1763700000000-create-posts.js';
import { CreateArchiveImports1763700000001 } from './1763700000001-create-archive-imports.js';
import { CreateMessagingTables1763700000002 } from './1763700000002-create-messaging-tables.js';

export const MIGRATIONS = [
  CreatePosts1763700000000,
  CreateArchiveImports1763700000001,
  CreateMessagingTables1763700000002,
];
