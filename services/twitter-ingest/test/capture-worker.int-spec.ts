import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#libs/testing';
import { CaptureWorker } from '../src/captures/capture-worker.service.js';
import { UpstreamError } from '../src/captures/upstream.errors.js';
import { CaptureRig, ScriptedDriver, stepResult } from './factories/capture-rig.js';
import { incomingPost } from './factories/incoming-post.factory.js';

describe(CaptureWorker.name, () => {
  let rig: CaptureRig;

  beforeAll(async () => {
    rig = await CaptureRig.start('ingest_captures');
  });

  afterEach(() => rig.reset());

  afterAll(() => rig?.drop());

  it('should collect page after page with its checkpoint and end a capture that is asked for once', async () => {
    const driver = new ScriptedDriver();
    driver.otherwise = ({ checkpoint }) => {
      const page = Number(checkpoint?.['page'] ?? 0) + 1;
      const posts = [incomingPost({ extId: `${page}` })];
      return stepResult({ posts, checkpoint: { page }, phase: page === 5 ? 'done' : 'backfill', nextAfterMs: 0 });
    };
    const sut = rig.process([driver]).run();
    const { id } = await sut.start({ mode: 'once' });
    await eventually(async () => {
      expect(await sut.captures.get(id, 't')).toMatchObject({ state: 'done', finished_at: expect.any(String) });
    });
    expect(await sut.captures.get(id, 't')).toMatchObject({
      sources: [{ phase: 'done', posts: { new: 5, duplicate: 0 }, requests: 5, last_post_at: '2022-01-01T00:00:00.000Z' }],
    }); // prettier-ignore
    expect(await rig.storedIds()).toEqual(['1', '2', '3', '4', '5']);
    expect(await rig.database.query('SELECT id FROM outbox')).toHaveLength(5);
  });

  it('should repeat a step whose source answers badly, and show why it waits', async () => {
    const driver = new ScriptedDriver();
    driver.script.push(() => {
      throw new UpstreamError('upstream-unavailable', 'retry', 'it answers 503', { requests: 2, until: new Date(Date.now() + 400) }); // prettier-ignore
    });
    const sut = rig.process([driver]).run();
    const { id } = await sut.start();
    await eventually(async () => {
      expect((await sut.captures.get(id, 't')).sources[0]).toMatchObject({
        state: 'waiting',
        waiting: { reason: 'upstream-unavailable', detail: 'it answers 503', until: expect.any(String) },
      });
    });
    await eventually(async () => {
      const { state, sources } = await sut.captures.get(id, 't');
      expect({ state, ...sources[0] }).toMatchObject({ state: 'running', waiting: null, requests: 3 });
    });
  });
});
