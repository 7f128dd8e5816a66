import { TagEntity } from './tag.entity.js';
import { AuthorEntity } from './author.entity.js';
import { AuthorSnapshotEntity } from './author-snapshot.entity.js';
import { PostFactEntity } from './post-fact.entity.js';
import { PostTombstoneEntity } from './post-tombstone.entity.js';
import { Rollup15mEntity } from './rollup-15m.entity.js';
import { RollupLangDayEntity } from './rollup-lang-day.entity.js';
import { RollupCountryDayEntity } from './rollup-country-day.entity.js';
import { RollupCotagDayEntity } from './rollup-cotag-day.entity.js';
import { RollupProfileEntity } from './rollup-profile.entity.js';
import { TagAuthorEntity } from './tag-author.entity.js';
import { ApplyLockEntity } from './apply-lock.entity.js';

export const entities = [
  TagEntity,
  AuthorEntity,
  AuthorSnapshotEntity,
  PostFactEntity,
  PostTombstoneEntity,
  Rollup15mEntity,
  RollupLangDayEntity,
  RollupCountryDayEntity,
  RollupCotagDayEntity,
  RollupProfileEntity,
  TagAuthorEntity,
  ApplyLockEntity,
];
