import { foldTag, spellings } from '../common/fold.js';
import { pick, seededRandom } from '../common/random.js';
import { PHRASES, SIDE_TAGS } from '../common/words.js';
import type { SkyPost, SkyTruth } from './contract.js';

export const POST = 'app.bsky.feed.post';
const LIKE = 'app.bsky.feed.like';
const CID = 'bafyreiguce4jh7kcbmof3pmcvasifqtw24b6isakj5ve5ga2b4z4alpc4i';
const ALPHABET = '234567abcdefghijklmnopqrstuvwxyz';

/** An event ready to be sent. */
export interface SkyEvent {
  timeUs: number;
  /** Empty for events every reader gets: identities and accounts. */
  collection: string;
  did: string;
  line: string;
}

export interface SkyOptions {
  seed: number;
  tags: readonly string[];
  accounts: number;
  edits: number;
  deletions: number;
  now: () => number;
  /** Events older than this cannot be read again. */
  lookbackMs: number;
  /** And no more than this many of them. */
  keepEvents: number;
}

export const SKY: SkyOptions = {
  seed: 1,
  tags: ['lookout', '展望', 'miradouro'],
  accounts: 60,
  edits: 0.03,
  deletions: 0.02,
  now: Date.now,
  lookbackMs: 36 * 3_600_000,
  keepEvents: 500_000,
};

/** The network: posts about the tags among everything else that people do, as one sequence of events. */
export class SkyNetwork {
  readonly options: SkyOptions;
  readonly events: SkyEvent[] = [];
  private readonly posts = new Map<string, SkyPost>();
  private readonly order: SkyPost[] = [];
  private readonly listeners = new Set<(event: SkyEvent) => void>();
  private lastUs = 0;
  private slot = 0;
  private junk = 0;
  private timers: NodeJS.Timeout[] = [];

  constructor(options: Partial<SkyOptions> = {}) {
    this.options = { ...SKY, ...options };
  }

  onEvent(listener: (event: SkyEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Posts about the tags per second, and other events of the network beside them. */
  grow({ postsPerSecond, junkPerSecond = 0 }: { postsPerSecond: number; junkPerSecond?: number }): void {
    this.stop();
    this.every(postsPerSecond, () => this.write());
    this.every(junkPerSecond, () => this.writeJunk());
  }

  stop(): void {
    for (const timer of this.timers.splice(0)) clearInterval(timer);
  }

  populate(posts: number): void {
    for (let n = 0; n < posts; n++) this.write();
  }

  /** The next post about one of the tags; with it, an earlier one may be edited or deleted. */
  write(): SkyPost {
    const slot = this.slot++;
    const random = seededRandom(this.options.seed, slot, 21);
    const { lang, text } = pick(random, PHRASES);
    const tag = pick(random, this.options.tags);
    const earlier = this.order[this.order.length - 1 - Math.floor(random() * 30)];
    const relation = random();
    const claimed = random();
    const now = this.options.now();
    const post = this.post({
      did: this.did(Math.floor(random() ** 2 * this.options.accounts)),
      text: `${text} №${slot}`,
      tags: [pick(random, spellings(tag)), ...(random() < 0.3 ? [pick(random, SIDE_TAGS)] : [])],
      langs: lang === 'und' ? [] : lang === 'in' ? ['id'] : [lang],
      createdAt:
        claimed < 0.02
          ? '0001-01-01T00:00:00.000Z'
          : claimed < 0.04
            ? '1970-01-01T00:00:00Z'
            : new Date(now).toISOString(),
      reply: relation < 0.2 && earlier ? uriOf(earlier) : null,
      quote: relation > 0.9 && earlier ? uriOf(earlier) : null,
    });
    if (earlier && !earlier.deleted && random() < this.options.edits) this.edit(uriOf(earlier), `${earlier.text} ✏️`);
    if (earlier && !earlier.deleted && random() < this.options.deletions) this.remove(uriOf(earlier));
    return post;
  }

  post(draft: Omit<SkyPost, 'rkey' | 'writtenAt' | 'edited' | 'deleted'>): SkyPost {
    const timeUs = this.nextUs();
    const post: SkyPost = { ...draft, rkey: tid(timeUs), writtenAt: timeUs, edited: false, deleted: false };
    this.posts.set(uriOf(post), post);
    this.order.push(post);
    this.emit(post, 'create', timeUs);
    return post;
  }

  edit(uri: string, text: string): void {
    const post = this.posts.get(uri);
    if (!post) throw new Error(`there is no post ${uri}`);
    Object.assign(post, { text, edited: true });
    this.emit(post, 'update', this.nextUs());
  }

  remove(uri: string): void {
    const post = this.posts.get(uri);
    if (!post || post.deleted) return;
    post.deleted = true;
    this.emit(post, 'delete', this.nextUs());
  }

  /** Something else that happens: cheap to make, since there are thousands of them a second. */
  writeJunk(): void {
    const n = this.junk++;
    const timeUs = this.nextUs();
    const did = `did:plc:junk${String(n % 5_000).padStart(20, 'a')}`;
    if (n % 100 === 99) {
      const line = `{"did":"${did}","time_us":${timeUs},"kind":"identity","identity":{"did":"${did}","handle":"junk${n}.example","seq":${n},"time":"2026-01-01T00:00:00.000Z"}}`;
      return this.publish({ timeUs, collection: '', did, line });
    }
    const rkey = `3j${String(n).padStart(11, '2')}`;
    const liked = n % 2 === 0;
    const record = liked
      ? `{"$type":"${LIKE}","createdAt":"2026-01-01T00:00:00.000Z","subject":{"cid":"${CID}","uri":"at://${did}/${POST}/${rkey}"}}`
      : `{"$type":"${POST}","createdAt":"2026-01-01T00:00:00.000Z","langs":["en"],"text":"nothing to do with it, number ${n} 🌊"${n % 3 === 0 ? ',"facets":[{"features":[{"$type":"app.bsky.richtext.facet#tag","tag":"unrelated"}],"index":{"byteStart":0,"byteEnd":7}}]' : ''}}`;
    const collection = liked ? LIKE : POST;
    const line = `{"did":"${did}","time_us":${timeUs},"kind":"commit","commit":{"rev":"${rkey}","operation":"create","collection":"${collection}","rkey":"${rkey}","record":${record},"cid":"${CID}"}}`;
    this.publish({ timeUs, collection, did, line });
  }

  /** Events from a cursor on; one from before the lookback begins where that begins, and nobody is told. */
  since(cursorUs: number): SkyEvent[] {
    let low = 0;
    for (let high = this.events.length; low < high;) {
      const middle = (low + high) >> 1;
      if (this.events[middle]!.timeUs < cursorUs) low = middle + 1;
      else high = middle;
    }
    return this.events.slice(low);
  }

  truth(tag: string): SkyTruth {
    const key = foldTag(tag);
    const posts = this.order.filter((post) => !post.deleted && post.tags.some((one) => foldTag(one) === key));
    const authors = new Map<string, number>();
    for (const { did } of posts) authors.set(did, (authors.get(did) ?? 0) + 1);
    return {
      posts: posts.map((post) => ({
        uri: uriOf(post),
        did: post.did,
        text: textOf(post),
        tags: [...new Set(post.tags.map(foldTag))].sort(),
        lang: post.langs[0] ?? null,
        createdAt: post.createdAt,
        writtenAt: new Date(Math.floor(post.writtenAt / 1_000)).toISOString(),
        edited: post.edited,
        kind: post.quote !== null ? 'quote' : post.reply !== null ? 'reply' : 'original',
      })),
      authors: [...authors].map(([did, count]) => ({ did, ...this.profile(did)!, posts: count })),
    };
  }

  /** Undefined for a did nobody has. */
  profile(did: string): { handle: string; displayName: string; followers: number } | undefined {
    const n = /^did:plc:sim0*(\d+)x+$/.exec(did)?.[1];
    if (n === undefined) return undefined;
    return { handle: `sim${n}.example`, displayName: `Sim ${n} 🦋`, followers: Math.max(0, 30_000 - Number(n) * 211) };
  }

  did(n: number): string {
    return `did:plc:sim${String(n).padStart(6, '0')}${'x'.repeat(15)}`;
  }

  private emit(post: SkyPost, operation: 'create' | 'update' | 'delete', timeUs: number): void {
    const line = JSON.stringify({
      did: post.did,
      time_us: timeUs,
      kind: 'commit',
      commit: {
        rev: tid(timeUs),
        operation,
        collection: POST,
        rkey: post.rkey,
        ...(operation !== 'delete' && { record: recordOf(post), cid: CID }),
      },
    });
    this.publish({ timeUs, collection: POST, did: post.did, line });
  }

  private publish(event: SkyEvent): void {
    this.events.push(event);
    if (this.events.length > this.options.keepEvents * 1.1) {
      this.events.splice(0, this.events.length - this.options.keepEvents);
    }
    for (const listener of this.listeners) listener(event);
  }

  private nextUs(): number {
    this.lastUs = Math.max(this.options.now() * 1_000, this.lastUs + 1);
    return this.lastUs;
  }

  private every(perSecond: number, make: () => void): void {
    if (perSecond <= 0) return;
    const startedAt = Date.now();
    let made = 0;
    this.timers.push(
      setInterval(
        () => {
          for (const due = ((Date.now() - startedAt) / 1_000) * perSecond; made < due; made++) make();
        },
        Math.max(10, Math.min(1_000, 500 / perSecond)),
      ),
    );
  }
}

export function uriOf({ did, rkey }: SkyPost): string {
  return `at://${did}/${POST}/${rkey}`;
}

function textOf({ text, tags }: SkyPost): string {
  return [text, ...tags.map((tag) => `#${tag}`)].join(' ');
}

/** Facets count bytes of UTF-8, not characters. */
function recordOf(post: SkyPost): object {
  const text = textOf(post);
  const ref = (uri: string) => ({ cid: CID, uri });
  let at = Buffer.byteLength(post.text);
  const facets = post.tags.map((tag) => {
    const byteStart = at + 1;
    at = byteStart + Buffer.byteLength(`#${tag}`);
    return { features: [{ $type: 'app.bsky.richtext.facet#tag', tag }], index: { byteStart, byteEnd: at } };
  });
  return {
    $type: POST,
    createdAt: post.createdAt,
    ...(post.langs.length > 0 && { langs: post.langs }),
    text,
    facets,
    ...(post.reply !== null && { reply: { parent: ref(post.reply), root: ref(post.reply) } }),
    ...(post.quote !== null && { embed: { $type: 'app.bsky.embed.record', record: ref(post.quote) } }),
  };
}

/** Timestamp identifiers sort as text in the order of time. */
function tid(timeUs: number): string {
  let left = BigInt(timeUs) << 10n;
  let text = '';
  for (let n = 0; n < 13; n++) {
    text = ALPHABET[Number(left & 31n)]! + text;
    left >>= 5n;
  }
  return text;
}
