/** What a user is to others: posts of protected and suspended ones are not shown. */
export type XUserStatus = 'active' | 'protected' | 'suspended';

export interface XUser {
  id: string;
  username: string;
  name: string;
  location?: string;
  followers: number;
  createdAt: number;
  status: XUserStatus;
  /** False: X leaves this author out of `includes.users`, as it does with withheld ones. */
  included: boolean;
}

export type XReferenceType = 'retweeted' | 'quoted' | 'replied_to';

export interface XTagEntity {
  start: number;
  end: number;
  tag: string;
}

/** One version of a post. An edit is a new version with an id of its own. */
export interface XPost {
  id: string;
  authorId: string;
  /** Milliseconds. */
  createdAt: number;
  text: string;
  /** Whole text of a long post; `text` is its beginning. */
  note: string | null;
  lang: string;
  tags: XTagEntity[];
  noteTags: XTagEntity[];
  reference: { type: XReferenceType; id: string } | null;
  placeId: string | null;
  sensitive: boolean;
  likes: number;
  /** Ids of all versions, oldest first; shared between them. */
  history: string[];
  deleted: boolean;
  /** Search finds it from then on. */
  searchableAt: number;
  /** Folded tags by which a search finds it: its own and those of what it shows again. */
  keys: ReadonlySet<string>;
}

export interface XPlace {
  id: string;
  country: string;
  country_code: string;
  full_name: string;
  place_type: string;
}

/** What a caller has to say of a post to make it. */
export interface XPostDraft {
  authorId: string;
  text: string;
  at?: number;
  note?: string;
  lang?: string;
  reference?: { type: XReferenceType; id: string };
  placeId?: string;
  sensitive?: boolean;
  likes?: number;
}
