export { defineEvent, defineRpc, type EventContract, type RpcContract } from './define.js';
export { MAX_TAG_LENGTH, tagKey, tagSchema } from './tag.js';
export {
  POST_KINDS,
  SOURCES,
  TAG_ORIGINS,
  cursorSchema,
  instantSchema,
  postKindSchema,
  sourceSchema,
  tagOriginSchema,
  tenantSchema,
  type PostKind,
  type Source,
  type TagOrigin,
} from './common.js';
export {
  archiveSchema,
  archiveStatusSchema,
  getArchive,
  importArchive,
  listArchives,
  type Archive,
} from './archives.contract.js';
export {
  MAX_POSTS_PER_EVENT,
  listPosts,
  postSchema,
  postsChanged,
  type AuthorState,
  type Post,
  type PostState,
  type PostsChanged,
} from './posts.contract.js';
export {
  INTERVALS,
  cooccurringTagsReport,
  intervalSchema,
  postsApplied,
  postsByCountryReport,
  postsByHourReport,
  postsByLanguageReport,
  postsOverTimeReport,
  reportFilterSchema,
  summaryReport,
  timeZoneSchema,
  topUsersReport,
  type Interval,
  type ReportFilter,
} from './analytics.contract.js';
export { describeSystem, serviceDescriptionSchema, type ServiceDescription } from './system.contract.js';
