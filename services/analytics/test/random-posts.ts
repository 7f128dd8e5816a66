import type { AuthorState, PostKind, PostState, Source, TagOrigin } from '#libs/contracts';

/** Small, seeded and good enough: mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Dice {
  random(): number;
  below(n: number): number;
  pick<T>(values: readonly T[]): T;
  shuffled<T>(values: readonly T[]): T[];
}

export function diceOf(seed: number): Dice {
  const random = randomOf(seed);
  const below = (n: number) => Math.floor(random() * n);
  return {
    random,
    below,
    pick: (values) => values[below(values.length)]!,
    shuffled: (values) => {
      const copy = [...values];
      for (let i = copy.length - 1; i > 0; i--) {
        const j = below(i + 1);
        [copy[i], copy[j]] = [copy[j]!, copy[i]!];
      }
      return copy;
    },
  };
}

export const TAGS = ['lisboa', 'україна', '香港', 'été', 'rare', 'zulu'] as const;
const KINDS: readonly PostKind[] = ['original', 'original', 'reply', 'quote', 'repost'];
const LANGS = ['en', 'pt', 'ja', 'und', ''] as const;
const COUNTRIES = [null, null, null, 'BR', 'PT', 'HK'] as const;
const ORIGINS: readonly TagOrigin[][] = [['query'], ['own'], ['referenced'], ['query', 'own'], ['own', 'referenced']];
/** Around the end of summer time in Newfoundland, Berlin and São Paulo, over some weeks. */
export const FIRST_POST = Date.UTC(2010, 9, 14);
export const SPAN_MS = 40 * 86_400_000;
/** The clocks of Newfoundland went back in the middle of a quarter of an hour. */
const CROOKED_CHANGE = Date.UTC(2010, 10, 7, 2, 31);

function randomTags(dice: Dice): PostState['tags'] {
  const count = 1 + dice.below(3);
  return dice
    .shuffled(TAGS)
    .filter((tag) => tag !== 'rare' || dice.random() < 0.2)
    .slice(0, count)
    .map((key) => ({ key, spelling: key.toUpperCase(), origins: dice.pick(ORIGINS) }));
}

function sourceOf(authorId: number): Source {
  return authorId % 7 === 0 ? 'mastodon' : authorId % 5 === 0 ? 'bluesky' : 'x';
}

function extIdOf(authorId: number): string {
  const source = sourceOf(authorId);
  if (source === 'bluesky') return `did:plc:${(authorId * 7919).toString(36)}`;
  if (source === 'mastodon') return `https://example.social/users/${'u'.repeat(1 + (authorId % 3))}${authorId}`;
  return String(authorId * (authorId % 2 === 0 ? 97 : 1_000_003));
}

export function randomPost(dice: Dice, id: number, rev: number, authors: number): PostState {
  const authorId = 1 + dice.below(authors);
  const deleted = rev > 1 && dice.random() < 0.25;
  // Half of the posts lie on or beside an edge of a bucket or day.
  const isCrooked = dice.random() < 0.05;
  const rough = isCrooked ? CROOKED_CHANGE + dice.below(1_200_000) - 600_000 : FIRST_POST + dice.below(SPAN_MS);
  const edge = Math.round(rough / 900_000) * 900_000 + dice.pick([-1, 0, 1]);
  return {
    id,
    rev,
    deleted,
    source: sourceOf(authorId),
    kind: dice.pick(KINDS),
    lang: dice.pick(LANGS),
    country: dice.pick(COUNTRIES),
    posted_at: !isCrooked && dice.random() < 0.5 ? edge : rough,
    author_id: authorId,
    // A post may also lose all its tags by an edit.
    tags: deleted || (rev > 1 && dice.random() < 0.1) ? [] : randomTags(dice),
  };
}

export function randomAuthor(dice: Dice, id: number, rev: number): AuthorState {
  const followers = dice.pick([null, 0, 5, 5, 5, 120, 120, 4_000_000_000]);
  return {
    id,
    rev,
    source: sourceOf(id),
    ext_id: extIdOf(id),
    username: dice.random() < 0.1 ? null : `user${id}`,
    name: `Name ${id} 😀`,
    country: dice.pick(COUNTRIES),
    followers,
    followers_seen_at: followers === null ? null : FIRST_POST + rev * 1_000,
  };
}
