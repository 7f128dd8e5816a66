import type { ExportQuestion, Post } from '#libs/contracts';
import { Pseudonyms, roughly, withoutMentions } from './pseudonyms.js';

/** All that is said of a post of which only the id may be handed out. */
export interface IdRow {
  source: Post['source'];
  id: string;
  tag: string;
}

/** A post as it is handed out whole. Without its author's names, what would name him is null. */
export interface WholeRow extends IdRow, Omit<Post, 'source' | 'id' | 'author'> {
  author: Post['author'];
}

export type ExportRow = IdRow | WholeRow;

/** What a caller gets to see of a post. Posts of X are reduced to their id unless the caller may have them whole. */
export function toExportRow(post: Post, asked: Pick<ExportQuestion, 'tag' | 'x'>, names: Pseudonyms | null): ExportRow {
  const { source, author, ...content } = post;
  const id = names ? names.post(source, post.id) : post.id;
  if (source === 'x' && asked.x === 'ids') return { source, id, tag: asked.tag };
  if (!names) return { ...content, source, id, tag: asked.tag, author };
  return {
    ...content,
    source,
    id,
    tag: asked.tag,
    url: null,
    text: withoutMentions(post.text),
    country: null,
    author: {
      id: names.author(source, author.id),
      username: null,
      name: null,
      followers: roughly(author.followers),
    },
  };
}
