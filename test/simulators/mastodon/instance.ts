import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendJson, wait } from '../common/http.js';
import { pick } from '../common/random.js';
import { foldTag } from '../common/fold.js';
import type { FediStatus, MastodonFault } from './contract.js';
import { hostOf, type Fediverse, type LocalStatus } from './fediverse.js';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 40;
const HTML = '<!DOCTYPE html><html><head><title>503</title></head><body><h1>We are over capacity</h1></body></html>';

export interface InstanceQuota {
  limit: number;
  windowMs: number;
}

/** One server of the network. */
export class MastodonInstance {
  requests = 0;
  private window = { startedAt: 0, used: 0 };

  constructor(
    private readonly number: number,
    private readonly world: Fediverse,
    public quota: InstanceQuota,
    private readonly nextFault: (instance: number) => MastodonFault | null,
    private readonly random: () => number,
  ) {}

  async answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    this.requests++;
    const headers = this.count();
    if (headers === null) return this.tooMany(response);
    const fault = this.nextFault(this.number);
    const right = this.ask(request, url);
    if (fault) return this.fail(fault, response, right, headers);
    sendJson(response, right.status, right.body, { ...headers, ...right.headers });
  }

  private ask(request: IncomingMessage, url: URL): { status: number; body: unknown; headers: Record<string, string> } {
    const tag = /^\/api\/v1\/timelines\/tag\/([^/]+)$/.exec(url.pathname);
    if (tag) return this.timeline(decodeURIComponent(tag[1]!), url, request.headers.host ?? '');
    const uses = /^\/api\/v1\/tags\/([^/]+)$/.exec(url.pathname);
    if (uses) return this.uses(decodeURIComponent(uses[1]!));
    const id = /^\/api\/v1\/statuses\/([^/]+)$/.exec(url.pathname)?.[1];
    const status = id === undefined ? undefined : this.world.byLocalId(this.number, id);
    if (!status || status.deleted) return { status: 404, body: { error: 'Record not found' }, headers: {} };
    return { status: 200, body: this.render({ id: id!, arrivedAt: 0, status }), headers: {} };
  }

  private timeline(tag: string, url: URL, host: string) {
    const limit = Math.min(Number(url.searchParams.get('limit') ?? DEFAULT_LIMIT) || DEFAULT_LIMIT, MAX_LIMIT);
    const bound = (name: string) => {
      const value = url.searchParams.get(name);
      return value === null || !/^\d+$/.test(value) ? null : BigInt(value);
    };
    const [max, since, min] = [bound('max_id'), bound('since_id'), bound('min_id')];
    const further = ['any[]', 'all[]', 'none[]'].map((name) => url.searchParams.getAll(name).map(foldTag));
    const all = this.world.timeline(this.number, tag).filter(({ id, status }) => {
      const keys = status.tags.map(foldTag);
      const number = BigInt(id);
      return (
        (max === null || number < max) &&
        (since === null || number > since) &&
        (min === null || number > min) &&
        further[1]!.every((key) => keys.includes(key)) &&
        !further[2]!.some((key) => keys.includes(key)) &&
        (url.searchParams.get('local') !== 'true' || status.home === this.number)
      );
    });
    // min_id pages forward from there; max_id and since_id give the newest. Both newest first.
    const page = (min === null ? all.slice(-limit) : all.slice(0, limit)).reverse();
    const base = `http://${host}${url.pathname}?limit=${limit}`;
    const link: Record<string, string> =
      page.length === 0
        ? {}
        : { link: `<${base}&max_id=${page.at(-1)!.id}>; rel="next", <${base}&min_id=${page[0]!.id}>; rel="prev"` };
    return { status: 200, body: page.map((one) => this.render(one)), headers: link };
  }

  /** How often a tag was used on the last seven days, today first. */
  private uses(tag: string) {
    const day = 86_400_000;
    const today = Math.floor(this.world.options.now() / day) * day;
    const statuses = this.world.timeline(this.number, tag).map(({ status }) => status);
    const history = Array.from({ length: 7 }, (_, n) => {
      const from = today - n * day;
      const used = statuses.filter(({ createdAt }) => createdAt >= from && createdAt < from + day);
      const accounts = new Set(used.map(({ account }) => account)).size;
      return { day: String(from / 1_000), uses: String(used.length), accounts: String(accounts) };
    });
    const url = `https://${hostOf(this.number)}/tags/${encodeURIComponent(tag)}`;
    return { status: 200, body: { name: tag.toLowerCase(), url, history }, headers: {} };
  }

  private render({ id, status }: LocalStatus): object {
    const { account } = status;
    const local = account.home === this.number;
    const replyTo = status.inReplyTo === null ? null : (this.world.localId(this.number, status.inReplyTo) ?? null);
    return {
      id,
      created_at: new Date(status.createdAt).toISOString(),
      // A server that never saw the parent still knows that this is an answer only by its own id of it.
      in_reply_to_id: replyTo ?? (status.inReplyTo === null ? null : '1'),
      in_reply_to_account_id: null,
      sensitive: status.sensitive,
      spoiler_text: status.warning,
      visibility: 'public',
      language: status.language,
      uri: status.uri,
      url: `https://${hostOf(status.home)}/@${account.username}/${status.uri.split('/').pop()}`,
      replies_count: 0,
      reblogs_count: 0,
      favourites_count: local ? status.favourites : 0,
      quotes_count: 0,
      edited_at: status.editedAt === null ? null : new Date(status.editedAt).toISOString(),
      content: htmlOf(status),
      reblog: null,
      account: {
        id: String(109_000_000_000 + Number(account.username.slice(3)) * 7 + this.number),
        username: account.username,
        acct: local ? account.username : `${account.username}@${hostOf(account.home)}`,
        display_name: account.displayName,
        locked: false,
        bot: false,
        created_at: '2022-11-01T00:00:00.000Z',
        note: '<p>made up</p>',
        url: `https://${hostOf(account.home)}/@${account.username}`,
        uri: account.uri,
        followers_count: account.followers,
        following_count: 10,
        statuses_count: 100,
        last_status_at: '2026-01-01',
        emojis: [],
        fields: [],
      },
      media_attachments: [],
      mentions: [],
      tags: status.tags.map((tag) => ({
        name: tag.toLowerCase(),
        url: `https://${hostOf(this.number)}/tags/${encodeURIComponent(tag.toLowerCase())}`,
      })),
      emojis: [],
      card: null,
      poll: null,
      quote: null,
    };
  }

  /** @returns the headers, or null when the quota of the address is used up */
  private count(): Record<string, string> | null {
    const now = this.world.options.now();
    if (now >= this.window.startedAt + this.quota.windowMs) this.window = { startedAt: now, used: 0 };
    if (this.window.used >= this.quota.limit) return null;
    this.window.used++;
    return this.rateHeaders();
  }

  private rateHeaders() {
    return {
      'x-ratelimit-limit': String(this.quota.limit),
      'x-ratelimit-remaining': String(this.quota.limit - this.window.used),
      'x-ratelimit-reset': new Date(this.window.startedAt + this.quota.windowMs).toISOString(),
    };
  }

  private tooMany(response: ServerResponse, resetInMs?: number): void {
    const headers = { ...this.rateHeaders(), 'x-ratelimit-remaining': '0' };
    if (resetInMs !== undefined)
      headers['x-ratelimit-reset'] = new Date(this.world.options.now() + resetInMs).toISOString();
    sendJson(response, 429, { error: 'Too many requests' }, headers);
  }

  private async fail(
    { fault, ms = 1_000 }: MastodonFault,
    response: ServerResponse,
    right: { body: unknown },
    headers: Record<string, string>,
  ): Promise<void> {
    const body = Buffer.from(JSON.stringify(right.body));
    const json = { 'content-type': 'application/json; charset=utf-8' };
    switch (fault) {
      case 'closed-401':
        return sendJson(response, 401, { error: 'This method requires an authenticated user' }, headers);
      case 'closed-422':
        return sendJson(response, 422, { error: 'This method requires an authenticated user' }, headers);
      case 'too-many':
        return this.tooMany(response, ms);
      case 'unavailable-html':
        response.writeHead(503, { 'content-type': 'text/html; charset=utf-8' }).end(HTML);
        return undefined;
      case 'html':
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(HTML);
        return undefined;
      case 'not-found':
        return sendJson(response, 404, { error: 'Record not found' }, headers);
      case 'malformed': {
        const cut = body.subarray(0, Math.floor(this.random() * body.length));
        response
          .writeHead(200, json)
          .end(pick(this.random, [cut, Buffer.from('{}'), Buffer.from('null'), Buffer.alloc(0)]));
        return undefined;
      }
      case 'half':
        response.writeHead(200, { ...json, 'content-length': String(body.length + 10) });
        response.write(body, () => response.destroy());
        return undefined;
      case 'reset':
        response.socket?.resetAndDestroy();
        return undefined;
      case 'slow-body':
        response.writeHead(200, { ...json, 'content-length': String(body.length) });
        response.write(body.subarray(0, 1));
        await wait(ms);
        response.end(body.subarray(1));
        return undefined;
      case 'huge':
        return huge(response);
      case 'redirect-private':
        response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
        return undefined;
      default:
        throw new Error(`no answer for ${String(fault satisfies never)}`);
    }
  }
}

/** An answer without an end; whoever reads it all runs out of memory. */
async function huge(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  const piece = Buffer.alloc(1_048_576, 0x20);
  const gone = once(response, 'close');
  for (let sent = 0; sent < 1_024 && !response.destroyed; sent++) {
    if (!response.write(piece)) await Promise.race([once(response, 'drain'), gone]);
  }
  response.destroy();
}

function htmlOf(status: FediStatus): string {
  const escaped = status.text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const tags = status.tags.map(
    (tag) =>
      `<a href="https://${hostOf(status.home)}/tags/${encodeURIComponent(tag)}" class="mention hashtag" rel="tag">#<span>${tag}</span></a>`,
  );
  return `<p>${escaped} ${tags.join(' ')}</p>`;
}
