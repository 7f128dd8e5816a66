import { CreatePosts1763700000000 } from './1763700000000-create-posts.js';
import { CreateArchiveImports1763700000001 } from './1763700000001-create-archive-imports.js';
import { CreateMessagingTables1763700000002 } from './1763700000002-create-messaging-tables.js';
import { CreateCaptures1763700000010 } from './1763700000010-create-captures.js';
import { CreateCaptureParts1763700000011 } from './1763700000011-create-capture-parts.js';
import { CreateStreamLeads1763700000012 } from './1763700000012-create-stream-leads.js';
import { CreateUpstreamTables1763700000020 } from './1763700000020-create-upstream-tables.js';
import { CreateComplianceTables1763700000030 } from './1763700000030-create-compliance-tables.js';
import { CreateExports1763700000050 } from './1763700000050-create-exports.js';
import { CreatePostSearch1795222800000 } from './1795222800000-create-post-search.js';

export const MIGRATIONS = [
  CreatePosts1763700000000,
  CreateArchiveImports1763700000001,
  CreateMessagingTables1763700000002,
  CreateCaptures1763700000010,
  CreateCaptureParts1763700000011,
  CreateStreamLeads1763700000012,
  CreateUpstreamTables1763700000020,
  CreateComplianceTables1763700000030,
  CreateExports1763700000050,
  CreatePostSearch1795222800000,
];
