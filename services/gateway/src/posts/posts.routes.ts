import { z } from 'zod';
import { listPosts, postSchema, type Post } from '#libs/contracts';
import { withOrderedPeriod } from '../routes/period.domain.js';
import { defineRoute } from '../routes/route.js';

const { shape } = listPosts.input;

export const POST_EXAMPLE: Post = {
  source: 'x',
  id: '1890000000000000001',
  url: 'https://x.com/harbour_eye/status/1890000000000000001',
  posted_at: '2026-02-14T08:15:00.000Z',
  kind: 'original',
  text: 'Fog lifting over the bay #lookout',
  lang: 'en',
  country: 'PT',
  tags: [{ tag: 'lookout', origins: ['query', 'own'] }],
  author: { id: '7001', username: 'harbour_eye', name: 'Harbour Eye', followers: 5120 },
  metrics: { reposts: 4, replies: 1, likes: 37, quotes: 0 },
  sensitive: false,
  edited: false,
};

/** All that is said of a post of X to whom its whole may not be shown. */
export const xPostIdSchema = z.object({ source: z.literal('x'), id: z.string() });

const listedPostSchema = z.union([postSchema, xPostIdSchema]);

export const listPostsRoute = defineRoute({
  id: 'listPosts',
  method: 'GET',
  path: '/api/v1/posts',
  area: 'Posts',
  scope: 'posts:read',
  summary: 'List posts, newest first',
  description:
    'On a machine of its owner (MIRANTE_ENV=local) every post is shown whole. Elsewhere a post of X is shown as its id ' +
    'only, because X does not allow more to be passed on, unless the key has the scope exports:full and has not yet been ' +
    'given 500 whole posts of X on this UTC day. A post is found by its words a moment after it is stored.',
  query: withOrderedPeriod(
    listPosts.input.extend({
      tag: shape.tag.describe('in any case and script, # optional'),
      source: shape.source.describe('network the post is from'),
      kind: shape.kind.describe('a repost counts as repost before quote before reply before original'),
      lang: z
        .string()
        .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, { error: 'a language tag such as en, pt-BR or und' })
        .optional()
        .describe('language of the post'),
      from: shape.from.describe('first instant'),
      to: shape.to.describe('first instant after the period'),
      q: shape.q.describe(
        'what the text must contain: words, "phrases", beginnings (harb*), and what it must not (-storm); case and accents ' +
          'do not count. In scripts without spaces any run of characters is a word. At most 16 of them',
      ),
      limit: shape.limit.default(50).describe('how many to answer at most'),
      cursor: shape.cursor.describe('next_cursor of the page before'),
    }),
  ),
  answer: {
    status: 200,
    description: 'One page',
    contentType: 'application/json',
    schema: listPosts.output.extend({ items: z.array(listedPostSchema) }),
    example: { items: [POST_EXAMPLE], next_cursor: null },
  },
  problems: [],
  examples: { tag: 'lookout', limit: '2' },
});
