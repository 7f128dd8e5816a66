import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Task } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { bearer, createKey } from '../harness/keys.js';
import { startStack, type Stack } from '../harness/stack.js';

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

describe('tasks on the whole stack', () => {
  let stack: Stack;
  let owner: string;
  let other: string;

  beforeAll(async () => {
    stack = await startStack();
    [owner, other] = [await createKey(stack, 'acme', 'all'), await createKey(stack, 'globex', 'all')];
  });

  afterAll(() => stack?.close());

  const ask = (path: string, init: RequestInit = {}, key = owner) =>
    fetch(stack.baseUrl + path, { ...init, headers: { ...bearer(key), ...(init.headers as Record<string, string>) } });

  async function submit(path: string, body: string | Buffer, headers: Record<string, string>) {
    const answer = await ask(path, { method: 'POST', body, headers });
    const text = await answer.text();
    expect([answer.status, text]).toEqual([201, expect.stringMatching(/^\{"token":"[0-9a-f]{32}"\}$/)]);
    return { token: (JSON.parse(text) as { token: string }).token, headers: answer.headers };
  }

  const ended = (home: string, token: string) =>
    eventually(
      async () => {
        const task = (await (await ask(`${home}/${token}/status`)).json()) as Task;
        if (task.status === 'requested' || task.status === 'received') throw new Error(JSON.stringify(task));
        return task;
      },
      { timeoutMs: 60_000, everyMs: 50 },
    );

  it('should add up the even numbers of a file exactly', async () => {
    const file = numbersFile(200_000);
    const { token, headers } = await submit('/sum-even', file.text, { 'content-type': 'text/plain' });
    expect(headers.get('location')).toBe(`/sum-even/${token}/status`);
    const task = await ended('/sum-even', token);
    expect(task).toMatchObject({ status: 'finished', kind: 'sum-even', attempts: 1, position: null });
    expect(task.timings.lead_ms).toBeGreaterThan(task.timings.queue_ms!);
    const result = (await (await ask(`/sum-even/${token}/result`)).json()) as Record<string, unknown>;
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
    const { token } = await submit('/sum-even', '', { 'content-type': 'text/plain' });
    expect((await ended('/sum-even', token)).result).toMatchObject({ sum: '0', count: 0, bytes: 0 });
  });

  it('should say what strict input has wrong, and run it again only when asked', async () => {
    const { token } = await submit('/sum-even?strict=true', '2 4 x 6', { 'content-type': 'text/plain' });
    const task = await ended('/sum-even', token);
    expect(task).toMatchObject({ status: 'errored', error_code: 'TASKS.MALFORMED_INPUT', result: null });
    expect(task.error).toContain('byte 4');
    const result = await ask(`/sum-even/${token}/result`);
    expect([result.status, await result.json()]).toEqual([404, { message: 'not found' }]);

    expect((await ask(`/api/v1/tasks/${token}/retry`, { method: 'POST' })).status).toBe(200);
    expect(await ended('/sum-even', token)).toMatchObject({ status: 'errored' });
  });

  it('should answer a repeated request with the first task, and refuse another one under its key', async () => {
    const headers = { 'content-type': 'text/plain', 'idempotency-key': 'sum of today'.replaceAll(' ', '-') };
    const first = await submit('/sum-even', '2 4', headers);
    const again = await submit('/sum-even', '2 4', headers);
    expect([again.token, again.headers.get('idempotency-replayed')]).toEqual([first.token, 'true']);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    const another = await ask('/sum-even', { method: 'POST', body: '2 4 6', headers });
    expect([another.status, await another.json()]).toMatchObject([422, { code: 'JOBS.IDEMPOTENCY_MISMATCH' }]);
  });

  it('should list tasks by kind, status and time to their owner only', async () => {
    const { token } = await submit('/sum-even', '8', { 'content-type': 'text/plain' });
    await ended('/sum-even', token);
    const list = async (query: string, key = owner) =>
      ((await (await ask(`/api/v1/tasks?${query}`, {}, key)).json()) as { items: Task[] }).items;
    expect((await list('kind=sum-even&status=finished&limit=1')).map((task) => task.token)).toEqual([token]);
    expect(await list('kind=randomize&status=errored')).toEqual([]);
    expect(await list('to=2026-01-01T00:00:00Z')).toEqual([]);
    expect(await list('limit=100', other)).toEqual([]);
    for (const path of [`/sum-even/${token}/status`, `/sum-even/${token}/result`, `/api/v1/tasks/${token}`]) {
      expect((await ask(path, {}, other)).status).toBe(404);
    }
  });
});
