import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#libs/testing';
import { samplePages } from '../harness/archive-factory.js';
import { ApiClient } from '../harness/client.js';
import { readLogs } from '../harness/logs.js';
import { startStack, type ServiceName, type Stack } from '../harness/stack.js';

/** Longest time after which a service must have noticed, and said, that it cannot work. */
const TOLD_WITHIN_MS = 15_000;

describe('readiness tells the truth', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  });

  afterAll(() => stack?.close());

  async function expectReady(service: ServiceName, ready: boolean): Promise<void> {
    await eventually(
      async () => {
        const answer = await fetch(`${stack.internalUrls[service]}/health/ready`);
        expect(answer.status, await answer.text()).toBe(ready ? 200 : 503);
      },
      { timeoutMs: TOLD_WITHIN_MS, everyMs: 100 },
    );
  }

  it('should not be ready before it answers', async () => {
    const { gateway } = stack.services;
    await gateway.kill();
    const restarted = gateway.restart();
    await eventually(async () => expect((await fetch(`${stack.internalUrls.gateway}/health/ready`)).status).toBe(200), { timeoutMs: 30_000, everyMs: 5 }); // prettier-ignore
    expect((await fetch(`${stack.baseUrl}/version`)).status).toBe(200);
    await restarted;
  });

  it('should turn not ready when the database hangs, and back', async () => {
    stack.mariadb.pause();
    try {
      await Promise.all([expectReady('analytics', false), expectReady('twitter-ingest', false)]);
      expect((await fetch(`${stack.internalUrls.analytics}/health/live`)).status).toBe(200);
    } finally {
      stack.mariadb.resume();
    }
    await Promise.all([expectReady('analytics', true), expectReady('twitter-ingest', true)]);
  });

  it('should turn not ready when the broker is away, and back without a restart', async () => {
    await stack.rabbitmq.kill();
    await Promise.all([expectReady('analytics', false), expectReady('gateway', false)]);
    await stack.rabbitmq.start();
    await Promise.all([
      expectReady('analytics', true),
      expectReady('twitter-ingest', true),
      expectReady('gateway', true),
    ]);
  });

  it('should hear again after its queue was deleted', async () => {
    await stack.rabbitmq.ctl('-q', 'delete_queue', 'ev.analytics');
    const api = new ApiClient(stack.baseUrl);
    const pages = samplePages({ seed: 5, posts: 100, authors: 9, perPage: 50, tag: 'again', from: '2023-01-01T00:00:00Z', days: 1 }); // prettier-ignore
    const { id } = await api.importUntilAccepted(pages, 'again');
    await api.untilDone(id);
    await expectReady('analytics', true);
  });

  it('should finish what it does on SIGTERM and leave with code 0', async () => {
    const api = new ApiClient(stack.baseUrl);
    const pages = samplePages({ seed: 6, idPrefix: '6', posts: 5_000, authors: 90, perPage: 100, tag: 'stopped', from: '2023-01-01T00:00:00Z', days: 1 }); // prettier-ignore
    const { id } = await api.importUntilAccepted(pages, 'stopped');
    for (const service of ['analytics', 'twitter-ingest', 'gateway'] as const) {
      expect(await stack.services[service].stop()).toBe(0);
      await stack.services[service].restart();
    }
    expect((await api.untilDone(id)).posts).toMatchObject({ new: 5_000, duplicate: 0 });
    const actions = readLogs(stack.logDir).filter((line) => line['event.action'] === 'service-stopped');
    expect(actions.map((line) => line['event.outcome'])).toEqual(['success', 'success', 'success']);
  });
});
