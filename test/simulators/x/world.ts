import { foldTag } from '../common/fold.js';
import { COUNTRIES } from '../common/words.js';
import { compareIds, snowflake } from './snowflake.js';
import type { XPlace, XPost, XPostDraft, XTagEntity, XUser } from './x-types.js';

/** X cuts the text of a repost here, and its entities with it. */
const REPOST_CODE_POINTS = 140;
const LONG_POST_CODE_POINTS = 280;
const TAG = /(?<![\p{L}\p{N}_&])[#＃]([\p{L}\p{N}\p{M}_]+)/gu;

export interface XWorldOptions {
  now?: () => number;
  /** How long after its creation search may find a post: up to this, a different time for each. */
  indexLagMs?: number;
  /** Older posts are forgotten when there are more. */
  keepPosts?: number;
}

/** Everything there is to be asked for: users and posts, oldest first. Keeps no time of its own and makes nothing up. */
export class XWorld {
  readonly users = new Map<string, XUser>();
  readonly places = new Map<string, XPlace>();
  /** All versions in the order of their ids. */
  readonly posts: XPost[] = [];
  readonly now: () => number;
  private readonly byId = new Map<string, XPost>();
  private readonly byKey = new Map<string, XPost[]>();
  private readonly referenced = new Set<string>();
  private readonly listeners = new Set<(post: XPost) => void>();
  private readonly indexLagMs: number;
  private readonly keepPosts: number;
  private lastMs = 0;
  private sequence = 0;

  constructor(options: XWorldOptions = {}) {
    this.now = options.now ?? Date.now;
    this.indexLagMs = options.indexLagMs ?? 0;
    this.keepPosts = options.keepPosts ?? 500_000;
    for (const { code, name, city } of COUNTRIES) {
      const id = `place${code}`;
      this.places.set(id, { id, country: name, country_code: code, full_name: `${city}, ${name}`, place_type: 'city' });
    }
  }

  onPost(listener: (post: XPost) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  addUser(user: XUser): XUser {
    this.users.set(user.id, user);
    return user;
  }

  user(id: string): XUser {
    const user = this.users.get(id);
    if (!user) throw new Error(`there is no user ${id}`);
    return user;
  }

  find(id: string): XPost | undefined {
    return this.byId.get(id);
  }

  /** Posts a query may find, in the order of their ids: those with one of the tags, or all. */
  candidates(keys: readonly string[] | null): readonly XPost[] {
    if (keys === null) return this.posts;
    const lists = keys.map((key) => this.byKey.get(key) ?? []);
    if (lists.length === 1) return lists[0]!;
    return [...new Set(lists.flat())].sort((a, b) => compareIds(a.id, b.id));
  }

  /** @returns the post, which everybody who listens was told of */
  post(draft: XPostDraft): XPost {
    const post = this.build(draft, []);
    this.insert(post);
    return post;
  }

  /** A new version with other words; the id is new, the earlier versions are found by look-up only. */
  edit(id: string, text: string, at?: number): XPost {
    const before = this.latest(id);
    if (!before) throw new Error(`there is no post ${id} to edit`);
    const draft: XPostDraft = { ...this.draftOf(before), text, ...(at !== undefined && { at }) };
    const post = this.build(draft, before.history);
    this.insert(post);
    return post;
  }

  remove(id: string): void {
    for (const version of this.find(id)?.history ?? []) {
      const post = this.find(version);
      if (post) post.deleted = true;
    }
  }

  latest(id: string): XPost | undefined {
    const history = this.find(id)?.history;
    return history && this.find(history[history.length - 1]!);
  }

  isLatest(post: XPost): boolean {
    return post.history[post.history.length - 1] === post.id;
  }

  isVisible(post: XPost): boolean {
    return !post.deleted && this.user(post.authorId).status === 'active';
  }

  /** Whether another post shows this one again or answers it. */
  isReferenced(post: XPost): boolean {
    return post.history.some((id) => this.referenced.has(id));
  }

  placeOf(post: XPost): XPlace | undefined {
    return post.placeId === null ? undefined : this.places.get(post.placeId);
  }

  private draftOf(post: XPost): XPostDraft {
    return {
      authorId: post.authorId,
      text: post.text,
      lang: post.lang,
      sensitive: post.sensitive,
      likes: post.likes,
      ...(post.reference && { reference: post.reference }),
      ...(post.placeId !== null && { placeId: post.placeId }),
    };
  }

  private build(draft: XPostDraft, earlier: string[]): XPost {
    const createdAt = draft.at ?? this.now();
    const id = this.nextId(createdAt);
    const referred = draft.reference && this.find(draft.reference.id);
    let text = draft.text;
    if (draft.reference?.type === 'retweeted' && referred) {
      text = cut(`RT @${this.user(referred.authorId).username}: ${referred.note ?? referred.text}`, REPOST_CODE_POINTS);
    }
    const note = draft.note ?? (Array.from(text).length > LONG_POST_CODE_POINTS ? text : null);
    if (note !== null) text = cut(note, LONG_POST_CODE_POINTS);
    const tags = tagsOf(text);
    const noteTags = note === null ? [] : tagsOf(note);
    const shown = referred && draft.reference?.type !== 'replied_to' && this.isVisible(referred) ? referred : undefined;
    const all = [...tags, ...noteTags, ...(shown ? [...shown.tags, ...shown.noteTags] : [])];
    // The same object for all versions, so that an early one tells of the later ones.
    const history = earlier;
    history.push(id);
    if (draft.reference) this.referenced.add(draft.reference.id);
    return {
      id,
      authorId: draft.authorId,
      createdAt,
      text,
      note,
      lang: draft.lang ?? 'und',
      tags,
      noteTags,
      reference: draft.reference ?? null,
      placeId: draft.placeId ?? null,
      sensitive: draft.sensitive ?? false,
      likes: draft.likes ?? 0,
      history,
      deleted: false,
      searchableAt: createdAt + (this.indexLagMs === 0 ? 0 : Number(BigInt(id) % BigInt(this.indexLagMs))),
      keys: new Set(all.map(({ tag }) => foldTag(tag))),
    };
  }

  /** The same for the same times, so that a world that is made again has the same ids; they grow within a millisecond. */
  private nextId(ms: number): string {
    const whole = Math.floor(ms);
    this.sequence = whole === this.lastMs ? this.sequence + 1 : Math.imul(whole % 2_147_483_647, 0x9e3779b1) >>> 20;
    this.lastMs = whole;
    let id = snowflake(whole, this.sequence);
    while (this.byId.has(id)) id = snowflake(whole, ++this.sequence);
    return id;
  }

  private insert(post: XPost): void {
    this.byId.set(post.id, post);
    insertSorted(this.posts, post);
    for (const key of post.keys) {
      let list = this.byKey.get(key);
      if (!list) this.byKey.set(key, (list = []));
      insertSorted(list, post);
    }
    if (this.posts.length > this.keepPosts * 1.1) this.forget(this.posts.length - this.keepPosts);
    for (const listener of this.listeners) listener(post);
  }

  private forget(count: number): void {
    for (const post of this.posts.splice(0, count)) {
      this.byId.delete(post.id);
      this.referenced.delete(post.id);
      for (const key of post.keys) {
        const list = this.byKey.get(key)!;
        if (list[0] === post) list.shift();
      }
    }
  }
}

function insertSorted(list: XPost[], post: XPost): void {
  let at = list.length;
  while (at > 0 && compareIds(list[at - 1]!.id, post.id) > 0) at--;
  if (at === list.length) list.push(post);
  else list.splice(at, 0, post);
}

function cut(text: string, codePoints: number): string {
  const all = Array.from(text);
  return all.length <= codePoints ? text : `${all.slice(0, codePoints - 1).join('')}…`;
}

/** Hashtags with their places, counted in code points as X does. A tag that was cut in half is none. */
function tagsOf(text: string): XTagEntity[] {
  return Array.from(text.matchAll(TAG))
    .filter((match) => /\p{L}/u.test(match[1]!) && text[match.index + match[0].length] !== '…')
    .map((match) => {
      const start = Array.from(text.slice(0, match.index)).length;
      return { start, end: start + Array.from(match[0]).length, tag: match[1]! };
    });
}
