import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '#libs/testing';
import { startJetstreamSimulator, type JetstreamSimulator } from '../../../test/simulators/index.js';
import type { CapturePart, StepResult } from '../src/captures/source-driver.js';
import { BlueskyProfiles } from '../src/sources/bluesky/bluesky-profiles.service.js';
import { BlueskyDriver } from '../src/sources/bluesky/bluesky.driver.js';
import { TakenResolver } from '../src/sources/bluesky/taken-resolver.service.js';
import { Shelf } from './factories/bluesky-rig.js';

const TAG = 'lookout';

describe('BlueskyDriver', () => {
  const stop = new AbortController();
  let simulator: JetstreamSimulator;
  let shelf: Shelf;

  const newDriver = () => new BlueskyDriver(new BlueskyProfiles(), new TakenResolver(shelf.known));
  const truth = () => simulator.truth(TAG).posts.map(({ uri, text }) => `${uri} ${text}`).toSorted(); // prettier-ignore

  beforeEach(async () => {
    shelf = new Shelf();
    simulator = await startJetstreamSimulator({ tags: [TAG], edits: 0.05, deletions: 0.05 });
    process.env.MIRANTE_EGRESS_ALLOW = '127.0.0.1';
    process.env.MIRANTE_JETSTREAM_URL = simulator.url;
    process.env.MIRANTE_BLUESKY_API_URL = simulator.apiUrl;
  });
  afterEach(() => simulator.close());

  const newPart = (overrides: Partial<CapturePart> = {}): CapturePart => ({
    captureId: 'c',
    partId: 1,
    source: 'bluesky',
    target: '',
    tag: TAG,
    mode: 'once',
    everySeconds: null,
    from: null,
    phase: 'backfill',
    checkpoint: null,
    pokes: 0,
    createdAt: new Date(),
    budgetMicroUsd: null,
    ...overrides,
  });
  /** What happens in the same millisecond as a step is the next one's. */
  const settled = () => eventually(async () => expect(Date.now() * 1_000).toBeGreaterThan(simulator.network.events.at(-1)!.timeUs + 1_000)); // prettier-ignore
  const steps = async (given: CapturePart) => {
    if (simulator.network.events.length > 0) await settled();
    const source = newDriver();
    const results: StepResult[] = [];
    let now = given;
    do {
      const result = await source.step(now, stop.signal);
      results.push(result);
      shelf.add(result.posts);
      shelf.remove(result.deletions);
      now = {
        ...now,
        phase: result.phase,
        checkpoint: JSON.parse(JSON.stringify(result.checkpoint)) as CapturePart['checkpoint'],
      };
    } while (now.phase === 'backfill');
    return { part: now, results };
  };

  it(
    'should bring what was there when the capture began, with edits and deletions, in several steps',
    { timeout: 60_000 },
    async () => {
      simulator.network.populate(3_000);
      const { results } = await steps(newPart());
      expect(shelf.texts).toEqual(truth());
      expect(results.length).toBeGreaterThan(1);
      expect(results.at(-1)).toMatchObject({ phase: 'done' });
      expect([...shelf.posts.values()].filter(({ author }) => author.followers === null)).toEqual([]);
    },
  );

  it('should end in a network where nothing happens', async () => {
    const { results } = await steps(newPart());
    expect(results).toHaveLength(1);
  });

  it('should name the time it cannot read as a gap', async () => {
    simulator.network.populate(5);
    const from = new Date(Date.now() - 40 * 3_600_000);
    const { results } = await steps(newPart({ from }));
    expect(results[0]!.gaps).toHaveLength(1);
    expect(results[0]!.gaps[0]!.from).toEqual(from);
  });

  it('should join the stream without a hole, rest, and read what it missed when it was left alone', async () => {
    simulator.network.populate(100);
    const first = await steps(newPart({ mode: 'follow' }));
    expect(first.part.phase).toBe('follow');
    expect(first.results.at(-1)!.nextAfterMs).toBeGreaterThan(0);
    simulator.network.populate(50);
    const second = await steps(first.part);
    expect(shelf.texts).toEqual(truth());
    const third = await steps(second.part);
    expect(third.results[0]).toMatchObject({ requests: 0, posts: [] });
    simulator.network.populate(50);
    const forgotten = {
      ...third.part.checkpoint,
      checkedAt: Date.now() - 3_600_000,
      cursorUs: (second.part.checkpoint as { cursorUs: number }).cursorUs,
    };
    await steps({ ...third.part, checkpoint: forgotten });
    expect(shelf.texts).toEqual(truth());
  });

  it('should fail as the source does when there is no connection', async () => {
    process.env.MIRANTE_JETSTREAM_URL = 'ws://127.0.0.1:1/subscribe';
    await expect(newDriver().step(newPart(), stop.signal)).rejects.toMatchObject({
      reason: 'network',
      reaction: 'retry',
    });
    process.env.MIRANTE_JETSTREAM_URL = 'ws://169.254.169.254/subscribe';
    await expect(newDriver().step(newPart(), stop.signal)).rejects.toMatchObject({ reason: 'refused-address' });
  });
});
