import type { ArchiveItem, Deletion, IncomingPost } from '../formats/index.js';
import type { ImportError } from './archive-import.types.js';

/** Keeps a statement well below `max_allowed_packet`, however long the texts are. */
const MAX_SLICE_CHARS = 4_000_000;

/** Posts followed by the deletions that come after them in the file. */
export interface Segment {
  posts: IncomingPost[];
  deletions: Deletion[];
}

/** What has been read since the last checkpoint. */
export class PendingBatch {
  readonly segments: Segment[] = [];
  readonly errors: ImportError[] = [];
  postCount = 0;
  records = 0;
  nextRecord = 0;
  lastLine = 0;
  fatal: string | null = null;

  add(item: ArchiveItem): void {
    this.records++;
    this.nextRecord = item.record + 1;
    this.lastLine = item.line;
    if (item.type === 'bad') {
      this.errors.push({ line: item.line, reason: item.reason });
      if (item.fatal) this.fatal = item.reason;
      return;
    }
    for (const { reason } of item.errors) this.errors.push({ line: item.line, reason });
    if (item.posts.length + item.deletions.length === 0) return;
    const segment = this.segmentForPosts();
    // A record may hold more posts than a call takes arguments.
    for (const post of item.posts) segment.posts.push(post);
    for (const deletion of item.deletions) segment.deletions.push(deletion);
    this.postCount += item.posts.length;
  }

  /** The segments, cut so that no slice has more than `size` posts or much more than `chars` characters of text. */
  *slices(size: number, chars: number = MAX_SLICE_CHARS): Generator<Segment> {
    for (const { posts, deletions } of this.segments) {
      let slice: Segment = { posts: [], deletions: [] };
      let length = 0;
      for (const post of posts) {
        if (slice.posts.length === size || length > chars) {
          yield slice;
          slice = { posts: [], deletions: [] };
          length = 0;
        }
        slice.posts.push(post);
        length += post.text.length;
      }
      yield { ...slice, deletions };
    }
  }

  private segmentForPosts(): Segment {
    const last = this.segments.at(-1);
    if (last && last.deletions.length === 0) return last;
    const segment: Segment = { posts: [], deletions: [] };
    this.segments.push(segment);
    return segment;
  }
}
