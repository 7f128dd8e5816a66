import { foldTag, spellings } from '../common/fold.js';
import { pick, pickWeighted, seededRandom } from '../common/random.js';
import { COUNTRIES, LOCATIONS, PHRASES, SIDE_TAGS } from '../common/words.js';
import type { XPost, XPostDraft, XUser } from './x-types.js';
import type { XWorld } from './world.js';

export interface XTimelineOptions {
  seed: number;
  /** What people talk about; each tag has authors of its own. */
  tags: readonly { tag: string; weight: number }[];
  authorsPerTag: number;
  /** Shares of all posts. */
  retweets: number;
  quotes: number;
  replies: number;
  long: number;
  placed: number;
  /** Chance that an author has other followers with a new post. */
  drift: number;
  /** Chance with each post that an earlier one is edited or deleted. */
  edits: number;
  deletions: number;
}

export const X_TIMELINE: XTimelineOptions = {
  seed: 1,
  tags: [
    { tag: 'lookout', weight: 4 },
    { tag: '展望', weight: 2 },
    { tag: 'Miradouro', weight: 1 },
  ],
  authorsPerTag: 120,
  retweets: 0.15,
  quotes: 0.12,
  replies: 0.15,
  long: 0.05,
  placed: 0.12,
  drift: 0.3,
  edits: 0.03,
  deletions: 0.02,
};

/** A post may refer to, edit or delete one that is at most this many posts older. */
const REACH = 60;
const JOINED = Date.parse('2015-03-01T00:00:00Z');

interface Slot {
  id: string;
  tag: string;
}

/**
 * Makes people write. What post number n is, and who writes it, follows from the seed and n alone: a world that is made
 * again has the same posts with the same ids.
 */
export class XTimeline {
  readonly options: XTimelineOptions;
  private readonly slots = new Map<number, Slot>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly world: XWorld,
    options: Partial<XTimelineOptions> = {},
  ) {
    this.options = { ...X_TIMELINE, ...options };
    this.options.tags.forEach((_, tag) => {
      for (let n = 0; n < this.options.authorsPerTag; n++) this.world.addUser(this.inventUser(tag, n));
    });
  }

  /** `posts` of them evenly over a time; numbers begin with `firstSlot`. */
  populate({ posts, from, to, firstSlot = 0 }: { posts: number; from: number; to: number; firstSlot?: number }): void {
    const step = (to - from) / posts;
    for (let n = 0; n < posts; n++) this.write(firstSlot + n, Math.floor(from + n * step));
  }

  /**
   * One post every `1 / perSecond` seconds from `since` on, at times that are multiples of it: whoever starts the same
   * timeline later goes on with the same posts. What lies in the past is made at once.
   */
  grow(perSecond: number, since: number = this.world.now()): void {
    this.stop();
    const everyMs = 1_000 / perSecond;
    let slot = Math.ceil(since / everyMs);
    const catchUp = () => {
      const now = this.world.now();
      for (; slot * everyMs <= now; slot++) this.write(slot, Math.floor(slot * everyMs));
    };
    catchUp();
    this.timer = setInterval(catchUp, Math.max(10, Math.min(1_000, everyMs / 2)));
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Writes post number `slot`, and edits or deletes an earlier one when its number says so. */
  write(slot: number, at: number): XPost {
    const random = seededRandom(this.options.seed, slot);
    const tagIndex = this.options.tags.indexOf(pickWeighted(random, this.options.tags));
    const { tag } = this.options.tags[tagIndex]!;
    const author = this.authorOf(tagIndex, Math.floor(random() ** 2 * this.options.authorsPerTag));
    // Whoever posts may have gained followers; nobody changes without a post, so the last sight of an author is true.
    if (random() < this.options.drift) author.followers = followersOf(Number(author.id) % 1_000) + (slot % 50);
    const post = this.world.post(this.draft(random, slot, tag, author, at));
    this.slots.set(slot, { id: post.id, tag });
    this.slots.delete(slot - 2 * REACH);
    if (random() < this.options.edits) this.editEarlier(random, slot, tag, at);
    if (random() < this.options.deletions) this.deleteEarlier(random, slot, tag);
    return post;
  }

  private draft(random: () => number, slot: number, tag: string, author: XUser, at: number): XPostDraft {
    const { lang, text } = pick(random, PHRASES);
    const side = Array.from({ length: Math.floor(random() ** 2 * 4) }, () => pick(random, SIDE_TAGS));
    const tags = [pick(random, spellings(tag)), ...new Set(side)].map((one) => `#${one}`);
    const words = (withTags: readonly string[]) => [text, `№${slot}`, ...withTags].join(' ');
    const draft: XPostDraft = {
      authorId: author.id,
      at,
      lang,
      text: words(tags),
      likes: Math.floor(random() * 40),
      sensitive: random() < 0.02,
      ...(random() < this.options.placed && { placeId: `place${pick(random, COUNTRIES).code}` }),
    };
    const { retweets, quotes, replies, long } = this.options;
    const kind = random();
    const earlier = this.earlier(random, slot, tag);
    const own = random() < 0.5;
    if (kind < retweets + quotes + replies && earlier) {
      // Nobody reposts a repost: X makes it a repost of the original.
      const target = earlier.reference?.type === 'retweeted' ? this.world.find(earlier.reference.id) : earlier;
      if (!target) return draft;
      const type = kind < retweets ? 'retweeted' : kind < retweets + quotes ? 'quoted' : 'replied_to';
      return {
        ...draft,
        reference: { type, id: target.id },
        // Half of those who quote leave the tag to the post they quote.
        ...(type === 'quoted' && !own && { text: words(tags.slice(1)) }),
        ...(type === 'retweeted' && { lang: target.lang }),
      };
    }
    if (kind > 1 - long) draft.note = `${`${text} `.repeat(Math.ceil(320 / text.length))}${words(tags)}`;
    return draft;
  }

  private editEarlier(random: () => number, slot: number, tag: string, at: number): void {
    const post = this.earlier(random, slot, tag);
    if (!post || post.deleted || post.reference || post.note !== null || !this.world.isLatest(post)) return;
    this.world.edit(post.id, `${post.text} (edited ✏️)`, at + 1);
  }

  private deleteEarlier(random: () => number, slot: number, tag: string): void {
    const post = this.earlier(random, slot, tag);
    if (post && !this.world.isReferenced(post)) this.world.remove(post.id);
  }

  private earlier(random: () => number, slot: number, tag: string): XPost | undefined {
    const from = slot - 1 - Math.floor(random() * REACH);
    for (let at = from; at > slot - 2 * REACH; at--) {
      const found = this.slots.get(at);
      if (found && foldTag(found.tag) === foldTag(tag)) return this.world.find(found.id);
    }
    return undefined;
  }

  private authorOf(tag: number, n: number): XUser {
    return this.world.user(userId(tag, n));
  }

  private inventUser(tag: number, n: number): XUser {
    const location = LOCATIONS[n % LOCATIONS.length];
    return {
      id: userId(tag, n),
      username: `sim_${tag}_${n}`,
      name: n % 7 === 0 ? `シミュレータ ${n} 🤖` : `Simulated ${tag}.${n}`,
      ...(location !== undefined && { location }),
      followers: followersOf(n),
      createdAt: JOINED + n * 86_400_000,
      status: n % 41 === 40 ? (n % 2 === 0 ? 'suspended' : 'protected') : 'active',
      included: n % 31 !== 30,
    };
  }
}

function userId(tag: number, n: number): string {
  return String(2_000_000_000 + tag * 1_000 + n);
}

/** Many people have few, few have many, and some exactly as many as others. */
function followersOf(n: number): number {
  return Math.floor(200_000 / (1 + n) / 100) * 100 + (n % 5) * 10;
}
