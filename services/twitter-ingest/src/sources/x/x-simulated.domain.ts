import type { Source } from '#libs/contracts';
import type { MappedPosts } from '../../formats/index.js';

/** What a simulator made up never passes for a post of X: it has a source of its own and no address. */
export function storeAs(source: Source, mapped: MappedPosts): MappedPosts {
  if (source === 'x') return mapped;
  for (const post of mapped.posts) {
    post.source = source;
    post.author.source = source;
    post.url = null;
  }
  for (const deletion of mapped.deletions) deletion.source = source;
  return mapped;
}
