import { foldTag } from '../common/fold.js';
import { parseQuery } from './query.js';
import type { XPost, XReferenceType } from './x-types.js';
import type { XWorld } from './world.js';

export interface XTruthPost {
  /** Id of the latest version. */
  id: string;
  versions: string[];
  authorId: string;
  createdAt: string;
  reference: { type: XReferenceType; id: string } | null;
  /** As shown in full: of a repost the text of what it reposts. */
  text: string;
  lang: string;
  country: string | null;
  sensitive: boolean;
  /** Folded, sorted. */
  ownTags: string[];
  /** Tags of what it shows again (repost, quote), where that can still be seen. */
  referencedTags: string[];
}

export interface XTruthAuthor {
  id: string;
  /** Null where X does not include the author. */
  username: string | null;
  followers: number | null;
  posts: number;
}

export interface XTruth {
  posts: XTruthPost[];
  authors: XTruthAuthor[];
}

/** What a complete capture of a query holds now: every post that can be seen, in its latest version, and its authors. */
export function truthOf(world: XWorld, queryText: string): XTruth {
  const query = parseQuery(queryText);
  const posts = world
    .candidates(query.keys)
    .filter((post) => world.isVisible(post) && world.isLatest(post) && query.matches(post, world));
  const perAuthor = new Map<string, number>();
  for (const { authorId } of posts) perAuthor.set(authorId, (perAuthor.get(authorId) ?? 0) + 1);
  return {
    posts: posts.map((post) => truthOfPost(post, world)),
    authors: [...perAuthor].map(([id, count]) => {
      const { username, followers, included } = world.user(id);
      return {
        id,
        username: included ? username : null,
        followers: included ? followers : null,
        posts: count,
      };
    }),
  };
}

function truthOfPost(post: XPost, world: XWorld): XTruthPost {
  const referred = post.reference && post.reference.type !== 'replied_to' ? world.find(post.reference.id) : undefined;
  const shown = referred && world.isVisible(referred) ? referred : undefined;
  const own = post.note ?? post.text;
  const reposted = post.reference?.type === 'retweeted' && shown;
  return {
    id: post.id,
    versions: [...post.history],
    authorId: post.authorId,
    createdAt: new Date(post.createdAt).toISOString(),
    reference: post.reference,
    text: reposted ? `${/^RT @\w+: /.exec(own)?.[0] ?? ''}${reposted.note ?? reposted.text}` : own,
    lang: post.lang,
    country: world.placeOf(post)?.country_code ?? null,
    sensitive: post.sensitive,
    ownTags: folded(post),
    referencedTags: shown ? folded(shown) : [],
  };
}

function folded({ tags, noteTags }: XPost): string[] {
  return [...new Set([...tags, ...noteTags].map(({ tag }) => foldTag(tag)))].sort();
}
