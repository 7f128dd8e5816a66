import type { DataSourceParts } from '#libs/persistence';
import { ArchiveImportEntity, ArchiveImportErrorEntity } from './archives/archive-import.entity.js';
import { MIGRATIONS } from './migrations/index.js';
import { AuthorEntity } from './posts/author.entity.js';
import { PostEntity, PostTombstoneEntity } from './posts/post.entity.js';
import { PostTagEntity, TagEntity } from './posts/tag.entity.js';

/** Everything in the schema of this service. */
export const SCHEMA: DataSourceParts = {
  entities: [
    ArchiveImportEntity,
    ArchiveImportErrorEntity,
    AuthorEntity,
    PostEntity,
    PostTombstoneEntity,
    PostTagEntity,
    TagEntity,
  ],
  migrations: MIGRATIONS,
};
