import { CreateTag1795132800000 } from './1795132800000-create-tag.js';
import { CreateAuthor1795132801000 } from './1795132801000-create-author.js';
import { CreateAuthorSnapshot1795132802000 } from './1795132802000-create-author-snapshot.js';
import { CreatePostFact1795132803000 } from './1795132803000-create-post-fact.js';
import { CreatePostTombstone1795132804000 } from './1795132804000-create-post-tombstone.js';
import { CreateRollup15m1795132806000 } from './1795132806000-create-rollup-15m.js';
import { CreateRollupLangDay1795132807000 } from './1795132807000-create-rollup-lang-day.js';
import { CreateRollupCountryDay1795132808000 } from './1795132808000-create-rollup-country-day.js';
import { CreateRollupCotagDay1795132809000 } from './1795132809000-create-rollup-cotag-day.js';
import { CreateRollupProfile1795132810000 } from './1795132810000-create-rollup-profile.js';
import { CreateTagAuthor1795132811000 } from './1795132811000-create-tag-author.js';
import { CreateApplyLock1795132812000 } from './1795132812000-create-apply-lock.js';
import { CreateOutbox1795132813000 } from './1795132813000-create-outbox.js';
import { CreateInbox1795132814000 } from './1795132814000-create-inbox.js';
import { CountProfilesByKind1795132815000 } from './1795132815000-count-profiles-by-kind.js';

export const migrations = [
  CreateTag1795132800000,
  CreateAuthor1795132801000,
  CreateAuthorSnapshot1795132802000,
  CreatePostFact1795132803000,
  CreatePostTombstone1795132804000,
  CreateRollup15m1795132806000,
  CreateRollupLangDay1795132807000,
  CreateRollupCountryDay1795132808000,
  CreateRollupCotagDay1795132809000,
  CreateRollupProfile1795132810000,
  CreateTagAuthor1795132811000,
  CreateApplyLock1795132812000,
  CreateOutbox1795132813000,
  CreateInbox1795132814000,
  CountProfilesByKind1795132815000,
];
