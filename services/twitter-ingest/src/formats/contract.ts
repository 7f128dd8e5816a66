import type { PostKind, Source } from '#libs/contracts';

/** The author of a post as one record shows them; what the record does not say is null. */
export interface IncomingAuthor {
  source: Source;
  /** X user id, ActivityPub actor URI (else profile URL, else handle) or DID. */
  extId: string;
  username: string | null;
  name: string | null;
  followers: number | null;
  location: string | null;
  /** ISO 3166-1 alpha-2 (upper case), read from the free text of `location`. */
  country: string | null;
  /** Milliseconds: the retrieval time if the record gives one, else `created_at` of the newest post of the record. */
  observedAt: number | null;
}

export interface IncomingMetrics {
  reposts: number | null;
  replies: number | null;
  likes: number | null;
  quotes: number | null;
}

export interface IncomingPost {
  source: Source;
  /** X post id, ActivityPub URI or AT URI. */
  extId: string;
  /** Grows with every edit, see `isNewer`: last id of the edit chain (X), edited_at (Mastodon), rev (Bluesky); '' if none. */
  version: string;
  url: string | null;
  /** Milliseconds since the epoch, 2006 to 2100. */
  postedAt: number;
  kind: PostKind;
  /** The post this one reposts, quotes or replies to, when the record names it by its ext id. */
  refExtId: string | null;
  text: string;
  /** Two or three lower-case letters; 'und' when unknown. */
  lang: string;
  /** Spellings, without #, each once; all accepted by `tagSchema`. */
  ownTags: string[];
  referencedTags: string[];
  /** ISO 3166-1 alpha-2 (upper case) of the place of the post. */
  country: string | null;
  /** Shared between the posts of one record that have the same author. */
  author: IncomingAuthor;
  metrics: IncomingMetrics;
  sensitive: boolean;
  edited: boolean;
  /** Ext ids of the earlier versions in the edit chain, oldest first. */
  supersedes: string[];
}

export interface Deletion {
  source: Source;
  extId: string;
  deletedAt: number | null;
}

/** What a record turned out to be. */
export type RecordFormat =
  | 'x-v2-page'
  | 'x-v2-post'
  | 'x-v2-stream'
  | 'x-v2-flat'
  | 'twarc2-page'
  | 'twarc2-flat'
  | 'twarc2-stream'
  | 'x-v1-status'
  | 'x-v1-page'
  | 'x-v1-notice'
  | 'x-compliance'
  | 'jetstream'
  | 'mastodon-status'
  | 'mastodon-event';

/** Posts of one record, in the order of the record. */
export interface MappedPosts {
  type: 'posts';
  format: RecordFormat;
  posts: IncomingPost[];
  deletions: Deletion[];
  /** Valid things that are no posts: likes, follows, notices, partial errors of X. */
  skipped: number;
  /** Why single posts inside this usable record could not be used. */
  errors: { reason: string }[];
}

export type MappedRecord = MappedPosts | { type: 'bad'; reason: string };

/** Where in the file a record is: `record` counts from 0 (for checkpoints), `line` from 1 (its first line). */
export interface RecordPosition {
  record: number;
  line: number;
}

/** `fatal` says that nothing after this can be read: the import has failed, what came before is still good. */
export type ArchiveItem = RecordPosition & (MappedPosts | { type: 'bad'; reason: string; fatal: boolean });

export interface ArchiveOptions {
  /** Number of records to skip: the `record` of the first item wanted. They are split, but neither decoded nor parsed. */
  fromRecord?: number;
  /** Longest record in bytes; default 32 MiB. Memory stays within a small multiple of it. */
  maxRecordBytes?: number;
  /** Most bytes after unpacking; default 64 GiB. Stops a gzip bomb. */
  maxBytes?: number;
}

/** What has been found so far; complete once the reading is over. */
export interface ArchiveDescription {
  gzip: boolean;
  /** null before the first record. */
  container: 'jsonl' | 'json' | null;
  formats: RecordFormat[];
  /** For people, e.g. "x-v2-page (jsonl, gzip)"; null before the first usable record. */
  text: string | null;
}

/** One pass over an archive. An error of the byte source itself is thrown; faults of the content are items. */
export interface ArchiveReading extends AsyncIterable<ArchiveItem> {
  describe(): ArchiveDescription;
}

/** Bounds every string of a post keeps to, in UTF-16 code units; longer text is cut, a longer id is refused. */
export const LIMITS = {
  extId: 512,
  version: 64,
  url: 2_048,
  username: 255,
  name: 255,
  location: 255,
  text: 100_000,
  /** Tags per post, own and referenced each. */
  tags: 100,
} as const;
