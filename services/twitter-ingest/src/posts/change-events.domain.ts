import { MAX_POSTS_PER_EVENT, type AuthorState, type PostState, type PostsChanged } from '#libs/contracts';

/** A message may be 256 KiB; the estimate below is rough, so events stay well under it. */
const TARGET_BYTES = 150_000;

const POST_BYTES = 190;
const TAG_BYTES = 60;
const AUTHOR_BYTES = 230;

/** Cuts a change into events of bearable size; each carries the authors its own posts need. */
export function toEvents(
  importId: string | null,
  posts: readonly PostState[],
  changedAuthors: ReadonlySet<number>,
  stateOf: (authorId: number) => AuthorState | undefined,
): PostsChanged[] {
  const events: PostsChanged[] = [];
  const announced = new Set<number>();
  let event = emptyEvent(importId);
  let authors = new Set<number>();
  let bytes = 0;

  const close = () => {
    if (event.posts.length + authors.size === 0) return;
    event.authors = [...authors].map(stateOf).filter((author) => author !== undefined);
    events.push(event);
    event = emptyEvent(importId);
    authors = new Set();
    bytes = 0;
  };
  const addAuthor = (id: number) => {
    announced.add(id);
    if (authors.has(id)) return;
    authors.add(id);
    bytes += AUTHOR_BYTES;
  };

  for (const post of posts) {
    event.posts.push(post);
    if (!post.deleted) addAuthor(post.author_id);
    bytes += POST_BYTES;
    for (const tag of post.tags) bytes += TAG_BYTES + 3 * (tag.key.length + tag.spelling.length);
    if (event.posts.length === MAX_POSTS_PER_EVENT || bytes > TARGET_BYTES) close();
  }
  for (const id of changedAuthors) {
    if (announced.has(id)) continue;
    addAuthor(id);
    if (bytes > TARGET_BYTES) close();
  }
  close();
  return events;
}

function emptyEvent(importId: string | null): PostsChanged {
  return { import_id: importId, posts: [], authors: [] };
}
