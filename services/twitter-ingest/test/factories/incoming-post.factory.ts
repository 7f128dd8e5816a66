import type { IncomingPost } from '../../src/formats/index.js';

/** A post as a source would show it. */
export function incomingPost(part: Partial<IncomingPost> & { extId: string }): IncomingPost {
  return {
    source: 'x',
    version: '',
    url: null,
    postedAt: Date.UTC(2022, 0, 1),
    kind: 'original',
    refExtId: null,
    text: 'text',
    lang: 'en',
    ownTags: ['tag'],
    referencedTags: [],
    country: null,
    author: {
      source: 'x',
      extId: '7',
      username: 'ana',
      name: 'Ana',
      followers: 10,
      location: null,
      country: null,
      observedAt: Date.UTC(2022, 0, 1),
    },
    metrics: { reposts: 0, replies: 0, likes: 0, quotes: 0 },
    sensitive: false,
    edited: false,
    supersedes: [],
    ...part,
  };
}
