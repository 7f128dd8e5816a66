/**
 * Archive formats: bytes in, posts out. Pure code, no database.
 *
 *   const reading = readArchive(blob, { fromRecord: checkpoint });
 *   for await (const item of reading) { ... item.record + 1 is the next checkpoint ... }
 *   reading.describe().text
 *
 * `mapRecord` maps one parsed JSON value (live capture uses it too); `isNewer` orders two versions of one post.
 */
export {
  LIMITS,
  type ArchiveDescription,
  type ArchiveItem,
  type ArchiveOptions,
  type ArchiveReading,
  type Deletion,
  type IncomingAuthor,
  type IncomingMetrics,
  type IncomingPost,
  type MappedPosts,
  type MappedRecord,
  type RecordFormat,
  type RecordPosition,
} from './contract.js';
export { readArchive } from './archive.reader.js';
export { mapRecord } from './record.mapper.js';
export { isNewer } from './post-version.domain.js';
export { countryOfLocation } from './country-of-location.domain.js';
