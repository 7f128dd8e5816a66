import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Archive } from '#libs/contracts';
import { FAULT_NAMES } from '#libs/faults';
import { eventually } from '#libs/testing';
import { runbookOf } from '../../observability/src/signals/alerts.js';
import { expectedFigures, ApiClient } from '../harness/client.js';
import { samplePages } from '../harness/archive-factory.js';
import { CaptureClient } from '../harness/capture-client.js';
import { recount } from '../harness/recount.js';
import { startStack, type Stack } from '../harness/stack.js';
import { startMastodonSimulator, type MastodonSimulator } from '../simulators/index.js';
import { openAlertInbox, type AlertInbox, type ReceivedAlert } from './support/alert-inbox.js';
import { CLEARS_WITHIN_SECONDS, FAULT_CASES, type FaultCase } from './support/faults.data.js';
import { Traffic } from './support/traffic.js';
import { watch, type WatchedStack } from './support/watched-stack.js';

const SHAPE = { seed: 6, posts: 200, authors: 20, perPage: 50, from: '2023-01-01T00:00:00Z', days: 2 } as const;
const BEFORE = samplePages({ ...SHAPE, idPrefix: '1', tag: 'before' });
const DURING = samplePages({ ...SHAPE, idPrefix: '2', tag: 'during' });

/** All faults are on at the same time, each in a place of its own; so one wait serves them all. */
describe('faults and their alerts', () => {
  let fediverse: MastodonSimulator;
  let stack: Stack;
  let api: ApiClient;
  let traffic: Traffic;
  let inbox: AlertInbox;
  let heartbeat: AlertInbox;
  let watched: WatchedStack;

  beforeAll(async () => {
    fediverse = await startMastodonSimulator({ seed: 6, instances: 1, tags: ['followed'] });
    [inbox, heartbeat] = await Promise.all([openAlertInbox(), openAlertInbox()]);
    stack = await startStack({
      env: {
        MIRANTE_FAULTS_ENABLED: 'true',
        MIRANTE_MASTODON_INSTANCES: fediverse.urls.join(','),
        MIRANTE_EGRESS_ALLOW: '127.0.0.1',
      },
    });
    watched = await watch(stack, inbox.url, heartbeat.url);
    api = new ApiClient(stack.baseUrl);
    const capture = { tag: 'followed', sources: ['mastodon'], mode: 'follow', every: '10s' };
    await new CaptureClient(stack.baseUrl).start(capture);
    await api.untilDone((await api.importUntilAccepted(BEFORE, 'before')).id);
    traffic = new Traffic(stack.baseUrl, 'before');
  });

  afterAll(async () => {
    await traffic?.stop();
    await watched?.close();
    await stack?.close();
    await Promise.all([inbox?.close(), heartbeat?.close(), fediverse?.close()]);
  });

  it('should have a case for every fault', () => {
    expect(FAULT_CASES.map(({ flag }) => flag).sort()).toEqual([...FAULT_NAMES].sort());
  });

  it('should be told of nothing but the watchdog while nothing is wrong', async () => {
    await eventually(() => expect(heartbeat.received.map(({ labels }) => labels['alertname'])).toContain('Watchdog'), {
      timeoutMs: 30_000,
    });
    const calm = Date.now() + 8_000;
    await eventually(() => expect(Date.now()).toBeGreaterThan(calm), { timeoutMs: 20_000 });
    for (const fault of FAULT_CASES) expect(arrivals(fault, 'firing'), fault.alert).toEqual([]);
  });

  it('should be told of each fault in time, with what to do about it', async () => {
    await change('PUT', (fault) => fault.flag !== 'ingest-stalled');
    // Stored before nothing is taken in any more; its events are for the consumer that is stuck.
    const { id } = await api.importUntilAccepted(DURING, 'during');
    await eventually(async () => {
      expect((await api.get<Archive>(`/api/v1/archives/${id}`)).posts.new).toBe(SHAPE.posts);
    });
    await change('PUT', (fault) => fault.flag === 'ingest-stalled');
    const since = Date.now();
    for (const fault of FAULT_CASES) {
      const alert = await eventually(() => newest(fault, 'firing'), {
        timeoutMs: Math.max(1, since + fault.withinSeconds * 1_000 - Date.now()),
        everyMs: 250,
      });
      expect(alert.annotations['runbook_url']).toBe(`${stack.baseUrl}/ops/runbooks/${runbookOf(fault.alert)}`);
      console.log(`${fault.flag}: ${fault.alert} arrived after ${((alert.at - since) / 1_000).toFixed(1)} s`);
    }
  });

  it('should be told that each of them is over, and have lost nothing', async () => {
    const since = Date.now();
    await change('DELETE', () => true);
    for (const fault of FAULT_CASES) {
      const alert = await eventually(
        () => {
          const over = newest(fault, 'resolved');
          expect(over.at).toBeGreaterThan(newest(fault, 'firing').at);
          return over;
        },
        { timeoutMs: Math.max(1, since + CLEARS_WITHIN_SECONDS * 1_000 - Date.now()), everyMs: 250 },
      );
      console.log(`${fault.flag}: ${fault.alert} was over after ${((alert.at - since) / 1_000).toFixed(1)} s`);
    }
    await eventually(
      async () => expect(await api.figures('during')).toEqual(expectedFigures(recount(DURING), 'during')),
      { timeoutMs: 30_000 },
    );
  });

  async function change(method: 'PUT' | 'DELETE', which: (fault: FaultCase) => boolean): Promise<void> {
    for (const { flag, service, target } of FAULT_CASES.filter(which)) {
      const answer = await fetch(`${stack.internalUrls[service]}/faults/${flag}`, {
        method,
        ...(method === 'PUT' &&
          target !== undefined && {
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ target }),
          }),
      });
      expect([flag, answer.status]).toEqual([flag, 200]);
    }
  }

  function arrivals({ alert, labels }: FaultCase, status: ReceivedAlert['status']): ReceivedAlert[] {
    const wanted = Object.entries({ ...labels, alertname: alert });
    return inbox.received.filter(
      (one) => one.status === status && wanted.every(([name, value]) => one.labels[name] === value),
    );
  }

  function newest(fault: FaultCase, status: ReceivedAlert['status']): ReceivedAlert {
    const last = arrivals(fault, status).at(-1);
    if (last) return last;
    const heard = inbox.received.map(
      (one) => `${one.status} ${one.labels['alertname']} ${one.labels['service'] ?? ''}`,
    );
    throw new Error(`${fault.alert} is not ${status}; heard: ${[...new Set(heard)].join(', ')}`);
  }
});
