import type { PostKind, Source } from '#libs/contracts';

export interface PostPosition {
  id: number;
  at: Date;
}

export interface ListPostsFilter {
  tagId: number | null;
  source?: Source | undefined;
  kind?: PostKind | undefined;
  lang?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

/** A post with its author, as the database gives it. */
export interface ListedPost {
  id: number;
  source: number;
  ext_id: string;
  url: string | null;
  posted_at: Date;
  kind: number;
  text: string;
  lang: string;
  country: string | null;
  reposts: number | null;
  replies: number | null;
  likes: number | null;
  quotes: number | null;
  is_sensitive: number;
  is_edited: number;
  author_ext_id: string;
  username: string | null;
  name: string | null;
  followers: number | null;
}
