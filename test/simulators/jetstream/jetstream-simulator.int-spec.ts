import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { eventually } from '#libs/testing';
import { startJetstreamSimulator, type JetstreamSimulator, type JetstreamSimulatorOptions } from '../index.js';

interface Event {
  time_us: number;
  kind: string;
  did: string;
  commit?: { operation: string; collection: string; rkey: string; record?: { text: string } };
}

let sut: JetstreamSimulator;
const open: WebSocket[] = [];
afterEach(async () => {
  for (const socket of open.splice(0)) socket.terminate();
  await sut.close();
});

async function start(options: JetstreamSimulatorOptions = {}) {
  sut = await startJetstreamSimulator({ tags: ['lookout'], ...options });
}

async function read(query = 'wantedCollections=app.bsky.feed.post') {
  const socket = new WebSocket(`${sut.url}?${query}`);
  open.push(socket);
  const texts: string[] = [];
  let ended: string | null = null;
  socket.on('message', (data: Buffer) => texts.push(data.toString('utf8')));
  socket.on('error', (error) => (ended = error.message));
  socket.on('close', (code) => (ended ??= String(code)));
  await new Promise((resolve) => socket.once('open', resolve));
  await eventually(async () => expect(sut.connections.open).toBeGreaterThan(0));
  return { events: () => texts.map((text) => JSON.parse(text) as Event), texts, ended: () => ended };
}

/** What somebody knows who has read all events. */
function replayed(events: Event[]): string[] {
  const posts = new Map<string, string>();
  for (const { did, commit } of events) {
    if (!commit) continue;
    const uri = `at://${did}/${commit.collection}/${commit.rkey}`;
    if (commit.operation === 'delete') posts.delete(uri);
    else posts.set(uri, commit.record!.text);
  }
  return [...posts].map((entry) => entry.join(' ')).sort();
}

const truth = () => sut.truth('lookout').posts.map(({ uri, text }) => `${uri} ${text}`).sort(); // prettier-ignore

describe('the Jetstream simulator', () => {
  it('should tell everything that happens in the order of its time', async () => {
    await start();
    const reader = await read();
    await eventually(async () => {
      sut.network.populate(50);
      expect(reader.events().some(({ commit }) => commit?.operation === 'update')).toBe(true);
      expect(reader.events().some(({ commit }) => commit?.operation === 'delete')).toBe(true);
    });
    await eventually(async () => expect(reader.events().length).toBe(sut.network.events.length));
    const times = reader.events().map(({ time_us }) => time_us);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    expect(replayed(reader.events())).toEqual(truth());
  });

  it('should go on from a cursor, then live, without a hole', async () => {
    await start();
    sut.network.populate(2_000);
    const from = sut.network.events[700]!.timeUs;
    const reader = await read(`wantedCollections=app.bsky.feed.post&cursor=${from}`);
    sut.network.populate(100);
    await eventually(async () => expect(reader.texts.length).toBe(sut.network.events.length - 700));
    expect(reader.events()[0]!.time_us).toBe(from);
    expect(sut.connections.clamped).toBe(0);
  });

  it('should begin with the oldest event when the cursor is older, without a word', async () => {
    await start();
    sut.network.populate(50);
    const cursor = sut.network.events[10]!.timeUs;
    sut.forget();
    sut.network.populate(20);
    const reader = await read(`cursor=${cursor}`);
    await eventually(async () => expect(reader.texts.length).toBe(sut.network.events.length));
    expect(sut.connections.clamped).toBe(1);
  });

  it('should send only wanted collections, and identities to everybody', async () => {
    await start();
    const reader = await read();
    for (let n = 0; n < 400; n++) sut.network.writeJunk();
    await eventually(async () => expect(reader.texts.length).toBe(200));
    const kinds = new Set(reader.events().map(({ kind, commit }) => commit?.collection ?? kind));
    expect(kinds).toEqual(new Set(['app.bsky.feed.post', 'identity']));
  });

  it('should count bytes in facets', async () => {
    await start({ tags: ['展望'] });
    sut.network.populate(30);
    for (const { line } of sut.network.events) {
      const { record } = (JSON.parse(line) as { commit: { record?: any } }).commit;
      for (const { index, features } of record?.facets ?? []) {
        const bytes = Buffer.from(record.text).subarray(index.byteStart, index.byteEnd);
        expect(bytes.toString('utf8')).toBe(`#${features[0].tag}`);
      }
    }
  });

  it.each([
    ['close', '1000'],
    ['going-away', '1001'],
    ['reset', '1006'],
    ['inside-frame', '1006'],
  ] as const)('should end connections by %s', async (how, code) => {
    await start();
    const reader = await read();
    sut.cut(how);
    await eventually(async () => expect(reader.ended()).toBe(code));
    expect(reader.texts).toEqual([]);
  });

  it('should throw a slow reader out', async () => {
    await start({ slowConsumerBytes: 100_000 });
    await read();
    open[0]!.pause();
    await eventually(async () => {
      for (let n = 0; n < 5_000; n++) sut.network.writeJunk();
      expect(sut.connections.thrownOut).toBe(1);
    });
  });

  it('should know the profiles of its authors, at most 25 at once', async () => {
    await start();
    sut.network.populate(40);
    const { authors } = sut.truth('lookout');
    const ask = (dids: string[]) =>
      fetch(`${sut.apiUrl}/xrpc/app.bsky.actor.getProfiles?${dids.map((did) => `actors=${did}`).join('&')}`);
    const first = authors.slice(0, 25);
    const answer = (await (await ask([...first.map(({ did }) => did).slice(0, 24), 'did:plc:nobody'])).json()) as any;
    expect(answer.profiles.map((one: any) => [one.did, one.followersCount])).toEqual(
      first.slice(0, 24).map(({ did, followers }) => [did, followers]),
    );
    expect((await ask(Array.from({ length: 26 }, () => 'did:plc:a'))).status).toBe(400);
    sut.failProfiles('too-many');
    expect((await ask(['did:plc:a'])).status).toBe(429);
    expect((await ask(['did:plc:a'])).status).toBe(200);
  });

  it('should make thousands of events a second', async () => {
    await start();
    const reader = await read();
    sut.network.grow({ postsPerSecond: 20, junkPerSecond: 2_000 });
    await eventually(async () => expect(sut.network.events.length).toBeGreaterThan(3_000), { timeoutMs: 10_000 });
    sut.network.stop();
    expect(reader.texts.length).toBeGreaterThan(1_000);
  });
});
