import { foldTag, spellings } from '../common/fold.js';
import { pick, seededRandom } from '../common/random.js';
import { PHRASES, SIDE_TAGS } from '../common/words.js';
import type { FediAccount, FediStatus, FediTruth } from './contract.js';

export interface FediverseOptions {
  seed: number;
  instances: number;
  tags: readonly string[];
  accounts: number;
  /** Chance that a status reaches an instance other than its own. */
  federated: number;
  /** Longest way from one instance to another. */
  delayMs: number;
  edits: number;
  deletions: number;
  now: () => number;
}

export const FEDIVERSE: FediverseOptions = {
  seed: 1,
  instances: 3,
  tags: ['lookout', '展望', 'miradouro'],
  accounts: 60,
  federated: 0.6,
  delayMs: 0,
  edits: 0.03,
  deletions: 0.02,
  now: Date.now,
};

/** A status as one instance has it: ids are local and in the order of arrival. */
export interface LocalStatus {
  id: string;
  arrivedAt: number;
  status: FediStatus;
}

export function hostOf(instance: number): string {
  return `sim${instance}.example`;
}

/** Accounts and statuses of all instances. Statuses travel: an instance has only those that reached it. */
export class Fediverse {
  readonly options: FediverseOptions;
  readonly statuses: FediStatus[] = [];
  private readonly accounts: FediAccount[] = [];
  private readonly local: LocalStatus[][];
  private readonly byUri = new Map<string, FediStatus>();
  private readonly ids = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;
  private sequence = 0;

  constructor(options: Partial<FediverseOptions> = {}) {
    this.options = { ...FEDIVERSE, ...options };
    this.local = Array.from({ length: this.options.instances }, () => []);
    for (let n = 0; n < this.options.accounts; n++) {
      const home = n % this.options.instances;
      this.accounts.push({
        uri: `https://${hostOf(home)}/users/sim${n}`,
        home,
        username: `sim${n}`,
        displayName: n % 5 === 0 ? `Ｓｉｍ ${n} 🐘` : `Simulated ${n}`,
        followers: 50_000 - n * 137,
      });
    }
  }

  populate({ posts, from, to, firstSlot = 0 }: { posts: number; from: number; to: number; firstSlot?: number }): void {
    for (let n = 0; n < posts; n++) this.write(firstSlot + n, Math.floor(from + (n * (to - from)) / posts));
  }

  grow(perSecond: number): void {
    this.stop();
    const everyMs = 1_000 / perSecond;
    let slot = Math.ceil(this.options.now() / everyMs);
    this.timer = setInterval(
      () => {
        for (const now = this.options.now(); slot * everyMs <= now; slot++)
          this.write(slot, Math.floor(slot * everyMs));
      },
      Math.max(10, everyMs / 2),
    );
  }

  stop(): void {
    clearInterval(this.timer);
  }

  write(slot: number, at: number): FediStatus {
    const random = seededRandom(this.options.seed, slot, 3);
    const tag = pick(random, this.options.tags);
    const { lang, text } = pick(random, PHRASES);
    const account = this.accounts[Math.floor(random() ** 2 * this.accounts.length)]!;
    const earlier = this.statuses[this.statuses.length - 1 - Math.floor(random() * 30)];
    const tags = [pick(random, spellings(tag)), ...(random() < 0.4 ? [pick(random, SIDE_TAGS)] : [])];
    const status = this.post({
      account,
      at,
      text: `${text} <${slot}> & more`,
      tags,
      language: lang === 'und' ? null : lang === 'zh' ? 'zh-TW' : lang,
      inReplyTo: random() < 0.2 && earlier && !earlier.deleted ? earlier.uri : null,
      warning: random() < 0.05 ? 'heights' : '',
    });
    if (earlier && random() < this.options.edits && !earlier.deleted) this.edit(earlier.uri, `${earlier.text} ✏️`, at);
    if (earlier && random() < this.options.deletions) this.remove(earlier.uri);
    return status;
  }

  post(draft: Partial<FediStatus> & { tags: string[]; text: string; account?: FediAccount; at?: number }): FediStatus {
    const account = draft.account ?? this.accounts[0]!;
    const createdAt = draft.at ?? this.options.now();
    const number = ++this.sequence;
    const status: FediStatus = {
      uri: `${account.uri}/statuses/${BigInt(createdAt) * 65_536n + BigInt(number % 65_536)}`,
      home: account.home,
      account,
      createdAt,
      editedAt: null,
      text: draft.text,
      warning: draft.warning ?? '',
      language: draft.language ?? null,
      tags: draft.tags,
      sensitive: draft.sensitive ?? false,
      inReplyTo: draft.inReplyTo ?? null,
      deleted: false,
      favourites: number % 30,
    };
    this.statuses.push(status);
    this.byUri.set(status.uri, status);
    const random = seededRandom(this.options.seed, number, 11);
    this.local.forEach((list, instance) => {
      const lag = Math.floor(random() * this.options.delayMs);
      if (instance !== account.home && random() >= this.options.federated) return;
      this.arrive(list, instance, status, instance === account.home ? createdAt : createdAt + lag);
    });
    return status;
  }

  edit(uri: string, text: string, at: number = this.options.now()): void {
    const status = this.byUri.get(uri);
    if (!status) throw new Error(`there is no status ${uri}`);
    status.text = text;
    // The version is the time of the edit: it never stands still.
    status.editedAt = Math.max(at, (status.editedAt ?? status.createdAt) + 1);
  }

  remove(uri: string): void {
    const status = this.byUri.get(uri);
    if (status) status.deleted = true;
  }

  find(uri: string): FediStatus | undefined {
    return this.byUri.get(uri);
  }

  /** Newest arrival last. */
  timeline(instance: number, tag: string): LocalStatus[] {
    const key = foldTag(tag);
    const now = this.options.now();
    return this.local[instance]!.filter(
      ({ status, arrivedAt }) => arrivedAt <= now && !status.deleted && status.tags.some((one) => foldTag(one) === key),
    );
  }

  localId(instance: number, uri: string): string | undefined {
    return this.ids.get(`${instance} ${uri}`);
  }

  byLocalId(instance: number, id: string): FediStatus | undefined {
    return this.local[instance]!.find((one) => one.id === id)?.status;
  }

  /** What a complete capture over some of the instances (all when left out) holds now. */
  truth(tag: string, instances: readonly number[] = this.local.map((_, instance) => instance)): FediTruth {
    const found = new Set(instances.flatMap((instance) => this.timeline(instance, tag).map(({ status }) => status)));
    const authors = new Map<FediAccount, number>();
    for (const { account } of found) authors.set(account, (authors.get(account) ?? 0) + 1);
    return {
      posts: [...found].map((status) => ({
        uri: status.uri,
        account: status.account.uri,
        createdAt: new Date(status.createdAt).toISOString(),
        editedAt: status.editedAt === null ? null : new Date(status.editedAt).toISOString(),
        text: `${status.warning === '' ? '' : `${status.warning}\n\n`}${status.text} ${status.tags.map((one) => `#${one}`).join(' ')}`,
        language: status.language,
        tags: [...new Set(status.tags.map(foldTag))].sort(),
        kind: status.inReplyTo === null ? 'original' : 'reply',
      })),
      authors: [...authors].map(([{ uri, username, home, followers }, posts]) => ({
        uri,
        acct: `${username}@${hostOf(home)}`,
        followers,
        posts,
      })),
    };
  }

  private arrive(list: LocalStatus[], instance: number, status: FediStatus, arrivedAt: number): void {
    // As Mastodon makes them: 48 bits of milliseconds, 16 that tell statuses of one millisecond apart.
    let number = BigInt(arrivedAt) * 65_536n + BigInt((this.sequence * 7 + instance * 13) % 60_000);
    let at = list.length;
    while (at > 0 && BigInt(list[at - 1]!.id) > number) at--;
    while (at > 0 && BigInt(list[at - 1]!.id) === number) number += 1n;
    list.splice(at, 0, { id: String(number), arrivedAt, status });
    this.ids.set(`${instance} ${status.uri}`, String(number));
  }
}
