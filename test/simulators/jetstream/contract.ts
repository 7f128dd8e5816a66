/** A post of the network as its latest version is. */
export interface SkyPost {
  did: string;
  rkey: string;
  text: string;
  tags: string[];
  langs: string[];
  /** As the author claims; years 1 and 1970 occur. */
  createdAt: string;
  /** Microseconds of the event that made it; its key has them, too. */
  writtenAt: number;
  edited: boolean;
  deleted: boolean;
  reply: string | null;
  quote: string | null;
}

export interface SkyTruthPost {
  uri: string;
  did: string;
  text: string;
  tags: string[];
  lang: string | null;
  createdAt: string;
  writtenAt: string;
  kind: 'original' | 'reply' | 'quote';
  edited: boolean;
}

export interface SkyTruth {
  posts: SkyTruthPost[];
  authors: { did: string; handle: string; followers: number; posts: number }[];
}

/** How connections end or go wrong: politely, torn, inside a frame, with junk, with a frame that is too large. */
export type JetstreamCut = 'close' | 'reset' | 'inside-frame' | 'going-away';
export type JetstreamJunk = 'not-json' | 'half-json' | 'binary' | 'huge' | 'wrong-shape';

export const PROFILE_FAULTS = ['too-many', 'unavailable-html', 'forbidden-html', 'malformed', 'reset'] as const;
export type ProfileFault = (typeof PROFILE_FAULTS)[number];
