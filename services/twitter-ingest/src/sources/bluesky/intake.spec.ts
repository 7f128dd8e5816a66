import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blueskyPost, jetstreamEvent } from '../../../test/factories/fediverse.factory.js';
import { mappedSchema } from '../../../test/factories/post.schema.js';
import type { Json } from '../../../test/factories/x-v2.factory.js';
import { Intake, tagParts } from './intake.js';
import { mayMatter } from './jetstream-event.js';

const TIME = 1_783_175_888_114_190;
const tags = tagParts([{ partId: 1, tagKey: 'céu' }, { partId: 2, tagKey: 'céu' }, { partId: 3, tagKey: 'mar' }]); // prettier-ignore
const bytes = (event: unknown) => Buffer.from(JSON.stringify(event));
const create = (record: Json = {}, overrides: Json = {}) => jetstreamEvent({ record: blueskyPost(record) }, overrides);

function read(...events: unknown[]) {
  const sut = new Intake(tags);
  for (const event of events) sut.add(Buffer.isBuffer(event) ? event : bytes(event));
  return { sut, taken: sut.take() };
}

describe('Intake', () => {
  it('should give a post to every part that follows one of its tags', () => {
    const { taken } = read(create({ tags: ['MAR', 'other'] }));
    expect([...taken.posts.keys()].toSorted()).toEqual([1, 2, 3]);
    expect(taken.posts.get(1)![0]!.text).toBe('Olá #Céu');
  });

  it('should pass over posts without a followed tag, without parsing those that have none at all', () => {
    const plain = create({ facets: [], text: 'says "delete" and "tags" and #tag" in quotes' });
    const { taken } = read(create({ facets: [], tags: ['other'] }), plain);
    expect([taken.posts.size, taken.errors.length, taken.events]).toEqual([0, 0, 2]);
    expect(mayMatter(bytes(create({ facets: [], text: 'no words of ours' })))).toBe(false);
    expect(mayMatter(bytes(create()))).toBe(true);
  });

  it('should keep deletions, edits that have lost the tag, and authors that are gone', () => {
    const { taken } = read(
      jetstreamEvent({ operation: 'delete' }),
      jetstreamEvent({ operation: 'update', record: blueskyPost({ facets: [] }) }),
      {
        did: 'did:plc:a',
        time_us: TIME,
        kind: 'account',
        account: { did: 'did:plc:a', active: false, status: 'deleted' },
      },
      {
        did: 'did:plc:b',
        time_us: TIME,
        kind: 'account',
        account: { did: 'did:plc:b', active: false, status: 'deactivated' },
      },
    );
    expect(taken.deletions).toHaveLength(1);
    expect(taken.edits).toMatchObject([{ edited: true }]);
    expect([...taken.goneAuthors.keys()]).toEqual(['did:plc:a']);
  });

  it('should take an edit with a followed tag for a new version of the post', () => {
    const { taken } = read(jetstreamEvent({ operation: 'update', rev: '3mptbypp7t22f', record: blueskyPost() }));
    expect(taken.posts.get(1)).toMatchObject([{ edited: true, version: '3mptbypp7t22f' }]);
  });

  it('should know the time of the last event, parsed or not, and never go back', () => {
    const { sut } = read(create(), create({ facets: [] }, { time_us: TIME + 5 }), create({}, { time_us: TIME + 2 }));
    sut.add(bytes(create({ facets: [] }, { time_us: TIME - 99 })));
    sut.take();
    expect(sut.timeUs).toBeGreaterThanOrEqual(TIME + 2);
    expect(sut.firstUs).toBe(TIME);
  });

  it.each([
    ['a sequence number', 12_345],
    ['the far future', 9e15],
    ['text', 'soon'],
    ['nothing', undefined],
  ])('should not take %s for a time', (_kind, time) => {
    expect(read(create({}, { time_us: time })).sut.timeUs).toBeUndefined();
  });

  it('should keep characters whole', () => {
    const text = '日本 👩‍👩‍👧 🏳️‍🌈 é #Céu';
    expect(read(create({ text })).taken.posts.get(1)![0]!.text).toBe(text);
    const broken = bytes(create({ text: 'xé' }));
    broken[broken.indexOf('é')] = 0xff;
    expect(read(broken).taken.errors).toEqual([{ reason: 'not JSON' }]);
  });

  it('should survive 1 000 damaged events, never keep a broken post, and count what it drops', () => {
    const valid = [
      create(),
      jetstreamEvent({ operation: 'delete' }),
      jetstreamEvent({
        operation: 'update',
        record: blueskyPost({ reply: { parent: { uri: 'at://did:plc:x/app.bsky.feed.post/1' } } }),
      }),
    ].map(bytes);
    const nasty = fc.constantFrom<unknown>(
      null,
      '',
      0,
      -1,
      1e300,
      [],
      {},
      [null],
      '\ud800',
      '\u0000',
      'x'.repeat(5_000),
    );
    const edit = fc.tuple(fc.constantFrom(...valid), fc.nat(700), fc.nat(40), fc.uint8Array({ maxLength: 4 }));
    const damaged = fc.oneof(
      edit.map(([event, at, remove, put]) => {
        const from = at % event.length;
        return Buffer.concat([event.subarray(0, from), put, event.subarray(from + remove)]);
      }),
      fc
        .tuple(fc.constantFrom('text', 'createdAt', 'facets', 'tags', 'langs', 'reply', 'embed', 'labels'), nasty)
        .map(([key, value]) => bytes(create({ [key]: value, ...(key !== 'tags' && { tags: ['mar'] }) }))),
      fc
        .tuple(fc.constantFrom('did', 'time_us', 'kind', 'commit'), nasty)
        .map(([key, value]) => bytes(create({}, { [key]: value }))),
      fc.jsonValue().map((value) => Buffer.concat([bytes(value), Buffer.from(' "tags"')])),
    );
    const seen = { posts: 0, errors: 0 };
    fc.assert(
      fc.property(damaged, (event) => {
        const { taken } = read(event);
        const posts = [...taken.posts.values()].flat();
        const mapped = {
          type: 'posts',
          format: 'jetstream',
          posts: [...posts, ...taken.edits],
          deletions: taken.deletions,
          skipped: 0,
          errors: taken.errors,
        };
        expect(mappedSchema.safeParse(mapped).error).toBeUndefined();
        seen.posts += posts.length > 0 ? 1 : 0;
        seen.errors += taken.errors.length;
      }),
      { numRuns: 1_000, seed: 20_261_121 },
    );
    expect(Math.min(seen.posts, seen.errors)).toBeGreaterThan(100);
  });

  it('should pass over 50 000 events of others in a moment', () => {
    const sut = new Intake(tags);
    const other = bytes(create({ facets: [], text: 'nothing of interest '.repeat(10) }));
    const start = performance.now();
    for (let n = 0; n < 50_000; n++) sut.add(other);
    // 2 000 events per second for 25 seconds; a parse of each would take a second or more.
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(sut.size).toBe(0);
  });
});
