import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, startServiceProcess, type ServiceProcess, type ServiceProcessOptions } from '#libs/testing';
import { repoRoot } from '../../compose/native/src/repo.js';
import { freePorts } from '../../compose/native/src/servers/index.js';
import { ApiClient } from '../harness/client.js';
import { samplePages, toJsonl } from '../harness/archive-factory.js';
import { bearer, createKey, idOfKey, keysCommand } from '../harness/keys.js';
import { readLogs } from '../harness/logs.js';
import { startStack, type Stack } from '../harness/stack.js';
import { CANARIES, CLIENT_V4, CLIENT_V6, NETWORKS, placesIn, placesWith, type Place } from './canaries.js';

describe('secrets and addresses', () => {
  let stack: Stack;
  const broken: ServiceProcess[] = [];
  let goodKey: string;
  let revokedKey: string;
  let webhookSecret: string;
  const answers: Place[] = [];
  let places: Place[];

  async function send(path: string, init: RequestInit = {}, expected?: number): Promise<void> {
    const headers = { 'x-forwarded-for': CLIENT_V4, ...(init.headers as Record<string, string>) };
    const answer = await fetch(`${stack.baseUrl}${path}`, { ...init, headers });
    const shown = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    answers.push({
      name: `answer to ${init.method ?? 'GET'} ${path.slice(0, 30)}`,
      text: `${shown}\n\n${await answer.text()}`,
    });
    if (expected !== undefined) expect([path, answer.status]).toEqual([path, expected]);
  }

  beforeAll(async () => {
    stack = await startStack({
      env: {
        MIRANTE_TRUST_PROXY_HOPS: '1',
        MIRANTE_KEY_FAILURES_PER_MINUTE: '1000',
        MIRANTE_X_BEARER_TOKEN: CANARIES.xToken,
        MIRANTE_LOG_LEVEL: 'debug',
        MIRANTE_EGRESS_ALLOW: '127.0.0.1',
      },
    });
    goodKey = await createKey(stack, 'acme', 'all');
    revokedKey = await createKey(stack, 'acme', 'all');
    await keysCommand(stack, 'revoke', idOfKey(revokedKey));
    await goodTraffic();
    await webhookTraffic();
    await refusedTraffic();
    await startWithWrongPasswords();
    await stack.mariadb.kill();
    await send('/api/v1/posts', { headers: bearer(CANARIES.unknownKey) }, 503);
    // What needs no database of its own goes on, also for a key.
    await send('/version', { headers: bearer(goodKey) }, 200);
    await send('/version', {}, 200);
    expect((await fetch(`${stack.internalUrls.gateway}/health/ready`)).status).toBe(200);
    await stack.mariadb.start();
    await eventually(() => send('/api/v1/archives', { headers: bearer(goodKey) }, 200), { timeoutMs: 30_000 });
    await eventually(
      () => expect(readLogs(stack.logDir).some((line) => line['labels.code'] === 'ACCESS.KEYS_UNAVAILABLE')).toBe(true),
      { timeoutMs: 10_000 },
    );
    places = [...answers, ...(await placesIn(stack, broken))];
  }, 240_000);

  const placesOf = (text: string) => placesWith(places, text);

  afterAll(async () => {
    await Promise.all(broken.map((service) => service.kill()));
    await stack?.close();
  });

  async function goodTraffic(): Promise<void> {
    const pages = samplePages({
      seed: 7,
      posts: 20,
      authors: 5,
      perPage: 5,
      tag: 'canary',
      from: '2026-01-01',
      days: 3,
    });
    const upload = { method: 'POST', headers: { ...bearer(goodKey), 'content-type': 'application/x-ndjson' } };
    await send('/api/v1/archives?tag=canary', { ...upload, body: toJsonl(pages) }, 202);
    await send('/api/v1/archives?tag=canary', { ...upload, body: `{"data": ${CANARIES.lineKey}\n` }, 202);
    const client = new ApiClient(stack.baseUrl);
    const { id } = await client.importUntilAccepted(pages, 'canary');
    await client.untilDone(id);
    for (const path of ['/', '/version', '/api/v1/posts?tag=canary', '/api/v1/analytics/summary?tag=canary']) {
      await send(path, { headers: bearer(goodKey) }, 200);
      await send(path, { headers: { 'x-forwarded-for': CLIENT_V6 } }, 200);
    }
    await eventually(
      async () => {
        const answer = await fetch(`${stack.baseUrl}/api/v1/archives`, { headers: bearer(goodKey) });
        const { items } = (await answer.json()) as { items: { status: string }[] };
        expect(
          items.map(({ status }) => status).filter((status) => status === 'queued' || status === 'running'),
        ).toEqual([]);
      },
      { timeoutMs: 30_000 },
    );
    await send('/api/v1/archives', { headers: bearer(goodKey) }, 200);
  }

  /** A webhook that fails once and then answers with what it was sent. */
  async function webhookTraffic(): Promise<void> {
    let calls = 0;
    const receiver = createServer((asked, answer) => {
      answer.writeHead(++calls === 1 ? 500 : 200);
      asked.pipe(answer);
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
      const headers = { ...bearer(goodKey), 'content-type': 'application/json' };
      const body = JSON.stringify({ url });
      const made = await fetch(`${stack.baseUrl}/api/v1/webhooks`, { method: 'POST', headers, body });
      const { id, secret } = (await made.json()) as { id: string; secret: string };
      webhookSecret = secret;
      await send('/sum-even', { method: 'POST', headers: { ...bearer(goodKey), 'content-type': 'text/plain' }, body: '2' }, 201); // prettier-ignore
      await eventually(() => expect(calls).toBe(2), { timeoutMs: 30_000 });
      for (const path of ['', `/${id}`, `/${id}/deliveries`]) {
        await send(`/api/v1/webhooks${path}`, { headers: bearer(goodKey) }, 200);
      }
    } finally {
      receiver.close();
    }
  }

  async function refusedTraffic(): Promise<void> {
    const { unknownKey, malformedKey, urlKey, pathKey, nameKey, requestIdKey, agentKey, queryToken, xToken } = CANARIES;
    const wrongSecret = `mir_${idOfKey(goodKey)}_${unknownKey.split('_').slice(2).join('_')}`;
    for (const key of [unknownKey, revokedKey, wrongSecret, malformedKey, xToken]) {
      for (const path of ['/api/v1/posts', '/nowhere']) await send(path, { headers: bearer(key) }, 401);
      await send('/api/v1/posts', { headers: { ...bearer(key), 'x-forwarded-for': CLIENT_V6 } }, 401);
    }
    const basic = Buffer.from(`someone:${CANARIES.basicPassword}`).toString('base64');
    await send('/api/v1/posts', { headers: { authorization: `Basic ${basic}` } }, 401);
    // A key in the wrong place is no key: the request is anonymous, or refused for its parameter.
    for (const query of [
      `api_key=${urlKey}`,
      `key=${urlKey}`,
      `access_token=${queryToken}`,
      `${nameKey}=1`,
      `tag=${urlKey}`,
      `tag=x&q=${encodeURIComponent(`word ${urlKey}`)}`,
      `tag=${encodeURIComponent(urlKey).replaceAll('_', '%5F')}`,
      `cursor=${urlKey}`,
      `from=${urlKey}`,
      `api_key=${encodeURIComponent(xToken)}`,
      `source=${encodeURIComponent(xToken)}`,
      `q=${encodeURIComponent(`Bearer ${xToken}`)}`,
    ]) {
      await send(`/api/v1/posts?${query}`);
      await send(`/nowhere?${query}`, {}, 404);
    }
    for (const path of [
      `/api/v1/archives/${pathKey}`,
      `/${pathKey}`,
      `/api/v1/${pathKey}/x`,
      `/${encodeURIComponent(xToken)}`,
    ]) {
      await send(path);
      await send(path, { method: 'DELETE' });
    }
    await send('/api/v1/posts?nope=1', {
      headers: {
        'x-api-key': urlKey,
        cookie: `session=${CANARIES.cookie}`,
        'x-request-id': requestIdKey,
        'user-agent': `curl/8 ${agentKey}`,
        referer: `https://example.org/?key=${urlKey}`,
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
        tracestate: `k=${requestIdKey}`,
      },
    });
    await send('/api/v1/archives', {
      method: 'POST',
      headers: { 'content-type': urlKey.replaceAll('_', '/'), 'idempotency-key': urlKey },
      body: '{}',
    });
  }

  /** Services that cannot log in say so, but not with what. */
  async function startWithWrongPasswords(): Promise<void> {
    const [publicPort, gatewayPort, analyticsPort] = await freePorts(3);
    const broker = new URL(stack.envOf('analytics')['MIRANTE_AMQP_URL']!);
    broker.password = CANARIES.wrongBrokerPassword;
    const start = async (options: ServiceProcessOptions) => broken.push(await startServiceProcess(options));
    await start({
      entry: join(repoRoot, 'dist/services/gateway/src/main.js'),
      env: {
        ...stack.envOf('gateway'),
        MIRANTE_PORT: String(publicPort),
        MIRANTE_INTERNAL_PORT: String(gatewayPort),
        MIRANTE_MYSQL_PASSWORD: CANARIES.wrongDatabasePassword,
        MIRANTE_MYSQL_USER: 'nobody',
      },
      readyUrl: `http://127.0.0.1:${gatewayPort}/health/ready`,
    });
    await start({
      entry: join(repoRoot, 'dist/services/analytics/src/main.js'),
      env: {
        ...stack.envOf('analytics'),
        MIRANTE_INTERNAL_PORT: String(analyticsPort),
        MIRANTE_AMQP_URL: broker.href,
      },
      readyUrl: `http://127.0.0.1:${analyticsPort}/health/live`,
    });
    const complained = (pattern: RegExp) =>
      eventually(() => expect(readLogs(stack.logDir).some((line) => pattern.test(JSON.stringify(line)))).toBe(true), {
        timeoutMs: 20_000,
      });
    await complained(/database not reachable yet: Access denied/);
    await complained(/ACCESS.REFUSED/);
  }

  it('should look everywhere: what may be shown is found', () => {
    const found = placesOf(idOfKey(goodKey));
    for (const kind of [/^log gateway/, /^table gateway\.api_key$/, /^table gateway\.key_window$/]) {
      expect(found.filter((name) => kind.test(name))).not.toEqual([]);
    }
    expect(placesOf('http_server_request_duration_seconds_count').length).toBeGreaterThan(0);
    expect(placesOf('ACCESS.UNKNOWN_KEY').filter((name) => name.startsWith('answer'))).not.toEqual([]);
    expect(
      places.filter(({ name, text }) => name.startsWith('table twitter-ingest.') && text !== '').length,
    ).toBeGreaterThan(3);
    for (const network of NETWORKS)
      expect(placesOf(network).filter((name) => name.startsWith('log gateway'))).not.toEqual([]);
  });

  it.each(Object.keys(CANARIES) as (keyof typeof CANARIES)[])('should show %s nowhere', (name) => {
    const canary = CANARIES[name];
    // Of a key the id may be shown; its secret may not, nor half of it.
    const [, , ...secret] = canary.startsWith('mir_') ? canary.split('_') : ['', '', canary];
    const text = secret.join('_');
    expect(placesOf(text)).toEqual([]);
    expect(placesOf(text.slice(0, Math.floor(text.length / 2)))).toEqual([]);
    expect(placesOf(text.slice(Math.ceil(text.length / 2)))).toEqual([]);
  });

  it('should show no key that was made, and no password of ours', () => {
    for (const key of [goodKey, revokedKey]) expect(placesOf(key.split('_').slice(2).join('_'))).toEqual([]);
    expect(placesOf(stack.mariadb.rootPassword)).toEqual([]);
    expect(placesOf(stack.rabbitmq.password)).toEqual([]);
  });

  it('should show the secret of a webhook in the table that signs with it and nowhere else', () => {
    const [text] = webhookSecret.split('_').slice(1);
    expect(text!.length).toBeGreaterThan(30);
    expect(placesOf(text!)).toEqual(['table image-tasks.webhook']);
    expect(placesOf(text!.slice(0, 20))).toEqual(['table image-tasks.webhook']);
  });

  it('should show no address of a client in full', () => {
    for (const address of [CLIENT_V4, CLIENT_V6]) expect(placesOf(address)).toEqual([]);
  });

  it('should write down who was refused and why, by key and network', () => {
    const refusals = readLogs(stack.logDir).filter((line) => line['event.action'] === 'access-refused');
    const seen = new Set(refusals.map((line) => `${String(line['event.reason'])} ${String(line['labels.key_id'])}`));
    for (const reason of ['unknown-key canary111111', `revoked-key ${idOfKey(revokedKey)}`, 'malformed-key none']) {
      expect(seen).toContain(reason);
    }
    expect(seen).toContain(`unknown-key ${idOfKey(goodKey)}`);
    expect(new Set(refusals.map((line) => line['client.ip']))).toEqual(new Set(NETWORKS));
  });
});
