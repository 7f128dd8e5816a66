/** One status of the network; every instance that has it shows it under an id of its own. */
export interface FediStatus {
  uri: string;
  /** Index of the instance of its author. */
  home: number;
  account: FediAccount;
  createdAt: number;
  editedAt: number | null;
  /** Words without tags; they come as HTML. */
  text: string;
  warning: string;
  language: string | null;
  tags: string[];
  sensitive: boolean;
  /** Uri of the status this one answers. */
  inReplyTo: string | null;
  deleted: boolean;
  favourites: number;
}

export interface FediAccount {
  uri: string;
  home: number;
  username: string;
  displayName: string;
  followers: number;
}

export const MASTODON_FAULTS = [
  'closed-401',
  'closed-422',
  'too-many',
  'unavailable-html',
  'html',
  'not-found',
  'malformed',
  'half',
  'reset',
  'slow-body',
  'huge',
  'redirect-private',
] as const;
export type MastodonFaultName = (typeof MASTODON_FAULTS)[number];

export interface MastodonFault {
  fault: MastodonFaultName;
  /** Any instance when left out. */
  instance?: number;
  /** Lets this many requests pass first, and between those it meets. */
  after?: number;
  times?: number;
  ms?: number;
}

export interface FediTruthPost {
  uri: string;
  account: string;
  createdAt: string;
  editedAt: string | null;
  text: string;
  language: string | null;
  tags: string[];
  kind: 'original' | 'reply';
}

export interface FediTruth {
  posts: FediTruthPost[];
  authors: { uri: string; acct: string; followers: number; posts: number }[];
}
