import { PassThrough, Readable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { inNewSpelling, v2Post, v2User } from '../../../test/factories/x-v2.factory.js';
import type { XStreamItem } from './x-api.types.js';
import { readStreamLine } from './x-stream.mapper.js';
import { LineCutter, readLines, type StreamLine } from './x-stream.reader.js';

const LIMITS = { silenceMs: 5_000, lineBytes: 64 * 1024 };
const record = (text: string) => ({
  data: v2Post({ text }),
  includes: { users: [v2User()] },
  matching_rules: [{ id: '1', tag: 'part-7' }],
});
const LINES = [
  JSON.stringify(record('日本語 #Wörld')),
  '',
  JSON.stringify(inNewSpelling(record('Україна 👩‍👩‍👧'))),
  JSON.stringify({ data: { id: '1' }, matching_rules: [] }),
  '{"data":',
];
const BYTES = Buffer.from(LINES.map((line) => `${line}\r\n`).join(''));

const streamOf = (...chunks: Buffer[]) => Readable.from(chunks, { objectMode: false }) as unknown as IncomingMessage;
const never = new AbortController().signal;

async function linesOf(stream: IncomingMessage, signal = never): Promise<StreamLine[]> {
  const lines: StreamLine[] = [];
  for await (const line of readLines(stream, LIMITS, signal)) lines.push(line);
  return lines;
}

function texts(items: ReturnType<typeof readStreamLine>[]): string[] {
  return items.map((item) => (item.type === 'record' ? (item.mapped.posts[0]?.text ?? '') : item.type));
}

const EXPECTED = ['日本語 #Wörld', 'keep-alive', 'Україна 👩‍👩‍👧', 'malformed', 'malformed'];

describe('readLines', () => {
  it('should read the same lines wherever the bytes are cut in two', () => {
    for (let at = 0; at <= BYTES.length; at++) {
      const cutter = new LineCutter(LIMITS.lineBytes);
      const lines = [...cutter.push(BYTES.subarray(0, at)), ...cutter.push(BYTES.subarray(at))];
      expect(texts(lines.map(readStreamLine)), `cut at ${at}`).toEqual(EXPECTED);
      expect(cutter.unfinished).toBe(false);
    }
  });

  it('should read lines that come byte by byte', async () => {
    const lines = await linesOf(streamOf(...Array.from(BYTES, (byte) => Buffer.from([byte]))));
    expect(texts(lines.map(readStreamLine))).toEqual(EXPECTED);
  });

  it('should give whole lines only when the stream ends, at whatever byte', async () => {
    const ends = [...BYTES.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at + 1);
    for (let at = 0; at < BYTES.length; at++) {
      const got: StreamLine[] = [];
      const read = async () => {
        for await (const line of readLines(streamOf(BYTES.subarray(0, at)), LIMITS, never)) got.push(line);
      };
      const whole = at === 0 || ends.includes(at);
      if (whole) await read();
      else await expect(read(), `ended at ${at}`).rejects.toMatchObject({ reason: 'network', reaction: 'retry' });
      expect(got.length).toBe(ends.filter((end) => end <= at).length);
    }
  });

  it('should forget a line that is too long and go on behind it', async () => {
    const long = Buffer.alloc(LIMITS.lineBytes + 1, 0x61);
    expect(await linesOf(streamOf(long, Buffer.from('\n{}\n')))).toEqual(['overlong', Buffer.from('{}')]);
  });

  it('should hold no more than one line however much of it comes', () => {
    const cutter = new LineCutter(1_000);
    const chunk = Buffer.alloc(64 * 1024, 0x61);
    for (let i = 0; i < 1_000; i++) expect([...cutter.push(chunk)]).toEqual([]);
    expect([...cutter.push(Buffer.from('\nok\n'))]).toEqual(['overlong', Buffer.from('ok')]);
  });

  it('should take a silent stream for dead', async () => {
    const silent = new PassThrough() as unknown as IncomingMessage;
    const sut = readLines(silent, { ...LIMITS, silenceMs: 20 }, never);
    await expect(sut.next()).rejects.toMatchObject({
      reason: 'network',
      message: 'the stream of X was silent for 20 ms',
    });
    expect(silent.destroyed).toBe(true);
  });

  it('should not take a slow reader for a silent stream', async () => {
    const stream = new PassThrough();
    stream.write('\r\n\r\n');
    const sut = readLines(stream as unknown as IncomingMessage, { ...LIMITS, silenceMs: 30 }, never);
    expect((await sut.next()).value).toBe('keep-alive');
    const slow = Date.now();
    while (Date.now() - slow < 60);
    expect((await sut.next()).value).toBe('keep-alive');
    await sut.return(undefined);
    expect(stream.destroyed).toBe(true);
  });

  it('should end without an error when it is told to stop', async () => {
    const stop = new AbortController();
    const stream = new PassThrough();
    const reading = linesOf(stream as unknown as IncomingMessage, stop.signal);
    stop.abort();
    stream.destroy();
    expect(await reading).toEqual([]);
  });

  it('should leave in the stream what nobody takes', async () => {
    const stream = new PassThrough({ highWaterMark: 1_024 });
    const sut = readLines(stream as unknown as IncomingMessage, LIMITS, never);
    stream.write(Buffer.alloc(512, '\n'));
    await sut.next();
    stream.write(Buffer.alloc(1_024, '\n'));
    expect(stream.write(Buffer.alloc(1_024, '\n'))).toBe(false);
    await sut.return(undefined);
  });
});

describe('readStreamLine', () => {
  const read = (value: unknown) => readStreamLine(Buffer.from(JSON.stringify(value)));

  it('should tell the rules that matched and what is charged', () => {
    const sut = read({ ...record('x'), matching_rules: [{ id: '1', tag: 'a' }, { id: '2' }, null] });
    expect(sut).toMatchObject({ type: 'record', ruleTags: ['a'], billed: { userIds: ['42'], requestsMicroUsd: 0 } });
  });

  it('should take bytes that are no UTF-8 for malformed, not for other characters', () => {
    const bytes = Buffer.concat([Buffer.from('{"data":{"text":"'), Buffer.from([0xe6, 0x97]), Buffer.from('"}}')]);
    expect(readStreamLine(bytes)).toMatchObject({ type: 'malformed' });
  });

  it('should end at an operational disconnect', () => {
    const type = 'https://api.twitter.com/2/problems/operational-disconnect';
    const sut = read({ errors: [{ title: 'operational-disconnect', detail: 'bye', type }] });
    expect(sut).toMatchObject({ type: 'problem', problem: { reason: 'upstream-unavailable' } });
  });

  it('should show other errors as notices', () => {
    const sut = read({ errors: [{ title: 'Hm', detail: 'something', type: 'about:blank' }] });
    expect(sut).toEqual({ type: 'notice', notice: 'unknown', detail: 'something' } satisfies XStreamItem);
  });

  it('should take deletions', () => {
    const sut = read({ data: { delete: { tweet: { id: '17', author_id: '4' }, event_at: '2026-11-01T00:00:00Z' } } });
    expect(sut).toMatchObject({ type: 'record', mapped: { deletions: [{ source: 'x', extId: '17' }] } });
  });
});
