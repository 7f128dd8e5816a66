import { createHash, createHmac, randomBytes, randomInt } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Delivery, Task, TaskEvent } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { createKey } from '../harness/keys.js';
import { startStack, type Stack } from '../harness/stack.js';
import { TaskClient } from '../harness/task-client.js';

/** Numbers of up to 40 digits with signs, every separator, and things that are no numbers. */
function numbersFile(lines: number): { text: string; sum: bigint; count: number; even: number; malformed: number } {
  const separators = ['\n', '\r\n', ' ', ',', ';', '\t', '\n\n'];
  const parts: string[] = [];
  let [sum, count, even, malformed] = [0n, 0, 0, 0];
  for (let line = 0; line < lines; line++) {
    const digits = Array.from({ length: 1 + randomInt(line % 50 === 0 ? 40 : 9) }, () => randomInt(10)).join('');
    const sign = ['', '', '-', '+'][randomInt(4)]!;
    if (line % 1_000 === 999) {
      parts.push('3.14', separators[randomInt(separators.length)]!);
      malformed++;
      continue;
    }
    parts.push(sign + digits, separators[randomInt(separators.length)]!);
    count++;
    if (Number(digits.at(-1)) % 2 === 1) continue;
    even++;
    sum += BigInt((sign === '-' ? '-' : '') + digits);
  }
  return { text: parts.join(''), sum, count, even, malformed };
}

const TEXT = { 'content-type': 'text/plain' };
/** 532 x 800 as the picture of the challenge: whole blocks, and strips that are none. */
const SIZE = { width: 532, height: 800 };

const pixelsOf = async (image: Buffer) => sharp(image).raw().toBuffer();

/** Colours of a square of pixels, from raw pixels of 3 bytes. */
function square(pixels: Buffer, left: number, top: number, width: number, height: number): string {
  const hash = createHash('sha256');
  for (let y = top; y < top + height; y++) {
    hash.update(pixels.subarray((y * SIZE.width + left) * 3, (y * SIZE.width + left + width) * 3));
  }
  return hash.digest('hex');
}

function blocksOf(pixels: Buffer): string[] {
  const places = Array.from({ length: 8 * 13 }, (_, at) => [(at % 8) * 60, Math.floor(at / 8) * 60] as const);
  return places.map(([x, y]) => square(pixels, x, y, 60, 60));
}

/** Events of a stream until it ends. */
async function eventsOf(answer: Response): Promise<{ id?: string; event: string; data: TaskEvent }[]> {
  const blocks = (await answer.text()).split('\n\n').filter((block) => block.includes('data: '));
  return blocks.map((block) => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    const id = field('id');
    return { ...(id !== undefined && { id }), event: field('event')!, data: JSON.parse(field('data')!) as TaskEvent };
  });
}

describe('tasks on the whole stack', () => {
  let stack: Stack;
  let owner: TaskClient;
  let other: TaskClient;
  let picture: Buffer<ArrayBuffer>;

  beforeAll(async () => {
    stack = await startStack({ env: { MIRANTE_EGRESS_ALLOW: '127.0.0.0/8' } });
    owner = new TaskClient(stack.baseUrl, await createKey(stack, 'acme', 'all'));
    other = new TaskClient(stack.baseUrl, await createKey(stack, 'globex', 'all'));
    const noise = randomBytes(SIZE.width * SIZE.height * 3);
    picture = Buffer.from(
      await sharp(noise, { raw: { ...SIZE, channels: 3 } })
        .withMetadata({ exif: { IFD0: { Artist: 'somebody' } } })
        .png()
        .toBuffer(),
    );
  });

  afterAll(() => stack?.close());

  it('should shuffle the blocks of an image, keep its edges, and give the original back', async () => {
    const { token, headers } = await owner.submit('/randomize', picture, { 'content-type': 'image/png' });
    expect(headers.get('location')).toBe(`/randomize/${token}/status`);
    const task = await owner.ended(token);
    expect(task).toMatchObject({ status: 'finished', params: { mode: 'blocks', block: 60 }, result: SIZE });
    expect(await owner.json(`/randomize/${token}/status`)).toEqual(task);

    const shuffled = await owner.bytes(`/randomize/${token}/result`);
    expect(shuffled.includes('somebody')).toBe(false);
    const [before, after] = [await pixelsOf(picture), await pixelsOf(shuffled)];
    expect(blocksOf(after)).not.toEqual(blocksOf(before));
    expect(blocksOf(after).toSorted()).toEqual(blocksOf(before).toSorted());
    const strips: [number, number, number, number][] = [
      [480, 0, 52, 800],
      [0, 780, 532, 20],
    ];
    for (const strip of strips) expect(square(after, ...strip)).toBe(square(before, ...strip));

    const back = await owner.submit(`/api/v1/tasks/${token}/restore`, undefined);
    expect(await owner.ended(back.token)).toMatchObject({ kind: 'restore', status: 'finished', params: { of: token } });
    expect((await pixelsOf(await owner.bytes(`/randomize/${back.token}/result`))).equals(before)).toBe(true);
  });

  it('should shuffle pixels in the order that the seed says', async () => {
    const query = '/randomize?mode=pixels&seed=fog-2026';
    const tokens = [await owner.submit(query, picture), await owner.submit(query, picture)].map(({ token }) => token);
    const results = [];
    for (const token of tokens) {
      expect(await owner.ended(token)).toMatchObject({ status: 'finished', params: { seed: 'fog-2026' } });
      results.push(await owner.bytes(`/randomize/${token}/result`));
    }
    expect(results[0]!.equals(results[1]!)).toBe(true);
    expect((await pixelsOf(results[0]!)).equals(await pixelsOf(picture))).toBe(false);
  });

  it('should refuse what is no image, and say what became of one that is damaged', async () => {
    const refused = await owner.ask('/randomize', { method: 'POST', body: 'GIF89a and so on', headers: { 'content-type': 'image/png' } }); // prettier-ignore
    expect([refused.status, await refused.json()]).toMatchObject([415, { code: 'IMAGES.UNSUPPORTED_TYPE' }]);

    const { token } = await owner.submit('/randomize', picture.subarray(0, picture.length / 2));
    const task = await owner.ended(token);
    expect(task).toMatchObject({ status: 'errored', error_code: 'IMAGES.CORRUPT', result: null, attempts: 2 });
    expect(task.error).toBeTruthy();
    const result = await owner.ask(`/randomize/${token}/result`);
    expect([result.status, await result.json()]).toEqual([404, { message: 'not found' }]);
    expect((await owner.ask(`/api/v1/tasks/${token}/restore`, { method: 'POST' })).status).toBe(409);
  });

  it('should add up the even numbers of a file exactly', async () => {
    const file = numbersFile(200_000);
    const { token, headers } = await owner.submit('/sum-even', file.text, TEXT);
    expect(headers.get('location')).toBe(`/sum-even/${token}/status`);
    const task = await owner.ended(token);
    expect(task).toMatchObject({ status: 'finished', kind: 'sum-even', attempts: 1, position: null });
    expect(task.timings.lead_ms).toBeGreaterThan(task.timings.queue_ms!);
    const result = await owner.json<Record<string, unknown>>(`/sum-even/${token}/result`);
    expect(result).toMatchObject({
      sum: file.sum.toString(),
      count: file.count,
      even_count: file.even,
      malformed: file.malformed,
      bytes: file.text.length,
      lead_ms: task.timings.lead_ms,
    });
    expect(result['first_malformed']).toHaveLength(10);
  });

  it('should sum an empty file up to 0', async () => {
    const { token } = await owner.submit('/sum-even', '', TEXT);
    expect((await owner.ended(token)).result).toMatchObject({ sum: '0', count: 0, bytes: 0 });
  });

  it('should say what strict input has wrong, and run it again only when asked', async () => {
    const { token } = await owner.submit('/sum-even?strict=true', '2 4 x 6', TEXT);
    const task = await owner.ended(token);
    expect(task).toMatchObject({ status: 'errored', error_code: 'TASKS.MALFORMED_INPUT', result: null });
    expect(task.error).toContain('byte 4');
    expect((await owner.ask(`/api/v1/tasks/${token}/retry`, { method: 'POST' })).status).toBe(200);
    expect(await owner.ended(token)).toMatchObject({ status: 'errored' });
  });

  it('should answer a repeated request with the first task, and refuse another one under its key', async () => {
    const headers = { ...TEXT, 'idempotency-key': 'sum-of-today' };
    const first = await owner.submit('/sum-even', '2 4', headers);
    const again = await owner.submit('/sum-even', '2 4', headers);
    expect([again.token, again.headers.get('idempotency-replayed')]).toEqual([first.token, 'true']);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    const another = await owner.ask('/sum-even', { method: 'POST', body: '2 4 6', headers });
    expect([another.status, await another.json()]).toMatchObject([422, { code: 'JOBS.IDEMPOTENCY_MISMATCH' }]);
    expect((await other.submit('/sum-even', '2 4 6', headers)).token).not.toBe(first.token);
  });

  it('should list tasks by kind, status and time to their owner only', async () => {
    const { token } = await owner.submit('/sum-even', '8', TEXT);
    await owner.ended(token);
    const list = async (query: string, client = owner) =>
      (await client.json<{ items: Task[] }>(`/api/v1/tasks?${query}`)).items.map((task) => task.token);
    expect(await list('kind=sum-even&status=finished&limit=1')).toEqual([token]);
    expect(await list('kind=restore&status=errored')).toEqual([]);
    expect(await list('to=2026-01-01T00:00:00Z')).toEqual([]);
    expect(await list('limit=100', other)).not.toContain(token);
    for (const path of [`/sum-even/${token}/status`, `/sum-even/${token}/result`, `/api/v1/tasks/${token}`]) {
      expect((await other.ask(path)).status).toBe(404);
    }

    const everything = await list('limit=100');
    const paged: string[] = [];
    for (let cursor = ''; ;) {
      const page = await owner.json<{ items: Task[]; next_cursor: string | null }>(
        `/api/v1/tasks?limit=3${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      paged.push(...page.items.map((task) => task.token));
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
    }
    expect(paged).toEqual(everything);
  });

  it('should tell each change of a task once, also to those who come back', async () => {
    const { token } = await owner.submit('/randomize', picture);
    const events = await eventsOf(await owner.ask(`/api/v1/tasks/${token}/events`));
    const changes = events.filter(({ event }) => event === 'status');
    expect(changes.map(({ data }) => data.status)).toEqual(['requested', 'received', 'finished']);

    const after = (id: string) => owner.ask(`/api/v1/tasks/${token}/events`, { headers: { 'last-event-id': id } });
    expect(await eventsOf(await after(changes[0]!.id!))).toEqual(changes.slice(1));
    expect((await after(changes[2]!.id!)).status).toBe(204);
    expect((await other.ask(`/api/v1/tasks/${token}/events`)).status).toBe(404);
  });

  it('should call a task off while it runs', async () => {
    const { token } = await owner.submit('/sum-even', '1234567890 '.repeat(20_000_000), TEXT);
    const cancelled = await owner.json<Task>(`/api/v1/tasks/${token}`, { method: 'DELETE' });
    expect(['cancelled', 'finished']).toContain(cancelled.status);
    expect(await owner.ended(token)).toMatchObject({ status: cancelled.status });
    if (cancelled.status === 'finished') return;
    await owner.json(`/api/v1/tasks/${token}/retry`, { method: 'POST' });
    expect((await owner.ended(token)).result).toMatchObject({ sum: '24691357800000000', count: 20_000_000 });
  });

  it('should call a webhook, signed, until it answers', async () => {
    const calls: { headers: Record<string, unknown>; body: string }[] = [];
    const receiver = createServer((request, answer) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        calls.push({ headers: request.headers, body: Buffer.concat(parts).toString('utf8') });
        answer.writeHead(calls.length === 1 ? 503 : 204).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/done`;
      const made = await owner.ask('/api/v1/webhooks', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ url, kinds: ['sum-even'] }),
      });
      expect(made.status).toBe(201);
      const { id, secret } = (await made.json()) as { id: string; secret: string };
      const { token } = await owner.submit('/sum-even', '2 4', TEXT);
      await eventually(() => expect(calls).toHaveLength(2), { timeoutMs: 30_000 });

      for (const { headers, body } of calls) {
        const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
        const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
        expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
        expect(JSON.parse(body)).toMatchObject({ type: 'task.finished', data: { token, result: { sum: '6' } } });
      }
      expect(calls[0]!.headers['webhook-id']).toBe(calls[1]!.headers['webhook-id']);
      const deliveries = await eventually(async () => {
        const { items } = await owner.json<{ items: Delivery[] }>(`/api/v1/webhooks/${id}/deliveries`);
        expect(items).toMatchObject([{ token, state: 'delivered', attempts: 2, answer: 204 }]);
        return items;
      });
      expect(deliveries[0]!.id).toBe(calls[0]!.headers['webhook-id']);
      expect((await owner.ask(`/api/v1/webhooks/${id}`, { method: 'DELETE' })).status).toBe(204);
    } finally {
      receiver.close();
    }
  });

  it('should not call what is not public', async () => {
    const answer = await owner.ask('/api/v1/webhooks', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url: 'http://169.254.169.254/latest/meta-data' }),
    });
    expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'EGRESS.ADDRESS_REFUSED' }]);
  });
});
