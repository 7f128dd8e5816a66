import { randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getTask, listTaskEvents, submitTask, TASK_SIGNALS, type TaskEvent } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { RANDOMIZE_EXAMPLE, SUM_TASK_EXAMPLE, TASK_TOKEN } from '../src/tasks/tasks.examples.js';
import { WEBHOOK_ID } from '../src/webhooks/webhooks.examples.js';
import { startGateway, type GatewayApp } from './gateway-app.js';

const EVENT: TaskEvent = {
  token: TASK_TOKEN,
  kind: 'sum-even',
  status: 'requested',
  progress: SUM_TASK_EXAMPLE.progress,
  timings: SUM_TASK_EXAMPLE.timings,
  at: SUM_TASK_EXAMPLE.received_at,
};

describe('tasks', () => {
  let sut: GatewayApp;

  beforeEach(async () => {
    sut = await startGateway();
  });

  afterEach(() => sut.close());

  /** What `curl -T` and `curl -X POST -T` send from a pipe: neither a type nor a length. */
  function sendUntyped(method: 'POST' | 'PUT', path: string, body: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      const call = httpRequest(`${sut.url}${path}`, { method }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      }).on('error', reject);
      call.write(body);
      call.end();
    });
  }

  it.each(['POST', 'PUT'] as const)('should take a file by %s that does not say what it is', async (method) => {
    expect(await sendUntyped(method, '/sum-even', Buffer.from('2 4'))).toBe(201);
    expect(await sendUntyped(method, '/randomize', randomBytes(100))).toBe(201);
    expect(sut.rpc.callsOf(submitTask)).toMatchObject([
      { kind: 'sum-even', input: { bytes: 3 }, params: { strict: false } },
      { kind: 'randomize', input: { bytes: 100 }, params: { mode: 'blocks', block: 60 } },
    ]);
  });

  it('should take the upload that the request names', async () => {
    const tus = { 'tus-resumable': '1.0.0' };
    const made = await request(sut.url).post('/api/v1/uploads').set(tus).set('upload-length', '3').expect(201);
    const at = new URL(made.headers['location']!, sut.url).pathname;
    const upload = at.split('/').at(-1);
    const ask = () => request(sut.url).post('/sum-even').send({ upload });
    expect((await ask().expect(409)).body).toMatchObject({ code: expect.stringMatching(/^UPLOADS?\./) });
    await request(sut.url)
      .patch(at)
      .set({ ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' })
      .send(Buffer.from('2 4'))
      .expect(204);
    await ask().expect(201);
    expect(sut.rpc.callsOf(submitTask)).toMatchObject([{ kind: 'sum-even', input: { bytes: 3 } }]);
  });

  it.each([
    [{ upload: 'x' }, 400],
    [{ upload: WEBHOOK_ID, more: 1 }, 400],
    [[], 400],
    [{ upload: WEBHOOK_ID }, 404],
  ])('should refuse %j as the name of an upload', async (body, status) => {
    await request(sut.url).post('/sum-even').send(body).expect(status);
    expect(sut.rpc.callsOf(submitTask)).toEqual([]);
  });

  it('should refuse blocks for pixels, and a seed that is none', async () => {
    for (const query of ['mode=pixels&block=60', 'seed=a%20b', 'block=0', 'mode=rows']) {
      await request(sut.url).post(`/randomize?${query}`).type('image/png').send(Buffer.from('x')).expect(400);
    }
  });

  it('should find no image among sums', async () => {
    sut.rpc.answer(getTask, () => SUM_TASK_EXAMPLE);
    await request(sut.url).get(`/sum-even/${TASK_TOKEN}/status`).expect(200);
    await request(sut.url).get(`/randomize/${TASK_TOKEN}/status`).expect(404);
  });

  it.each([
    ['received', 404],
    ['errored', 404],
    ['expired', 410],
  ] as const)('should have no result of a task that is %s', async (status, expected) => {
    sut.rpc.answer(getTask, () => ({ ...SUM_TASK_EXAMPLE, status }));
    const answer = await request(sut.url).get(`/sum-even/${TASK_TOKEN}/result`).expect(expected);
    if (expected === 404) expect(answer.body).toEqual({ message: 'not found' });
    else expect(answer.body).toMatchObject({ code: 'TASKS.EXPIRED' });
  });

  it('should send the file that a task made, and its headers to those who only ask for them', async () => {
    const bytes = randomBytes(300_000);
    const made = await request(sut.url).post('/randomize').type('image/png').send(bytes).expect(201);
    const path = `/randomize/${(made.body as { token: string }).token}/result`;
    const answer = await request(sut.url).get(path).buffer(true).expect(200).expect('content-type', 'image/png');
    expect((answer.body as Buffer).equals(bytes)).toBe(true);
    const head = await request(sut.url).head(path).expect(200);
    expect(head.headers['content-length']).toBe('300000');
  });

  describe('events', () => {
    const path = `/api/v1/tasks/${TASK_TOKEN}/events`;
    const finished = { ...EVENT, status: 'finished' as const };
    let changes: { id: string; event: TaskEvent }[];

    beforeEach(() => {
      changes = [{ id: '7', event: EVENT }];
      sut.rpc.answer(listTaskEvents, ({ after }) => {
        const status = changes.at(-1)!.event.status;
        return { items: changes.filter(({ id }) => Number(id) > Number(after)), task: { ...SUM_TASK_EXAMPLE, status } };
      });
    });

    /** On a connection of its own, which ends when the reader leaves. */
    const watch = () =>
      new Promise<{ answer: IncomingMessage; leave: () => void }>((resolve, reject) => {
        const call = httpRequest(sut.url + path, { agent: false }, (answer) => {
          answer.on('error', () => undefined).resume();
          resolve({ answer, leave: () => call.destroy() });
        }).on('error', reject);
        call.end();
      });

    const signal = (progress?: TaskEvent) =>
      sut.broadcasts.hear(TASK_SIGNALS, { tenant: 'anonymous', token: TASK_TOKEN, ...(progress && { progress }) });

    it('should tell what happens until the task has ended', async () => {
      const answer = await fetch(sut.url + path);
      signal({ ...EVENT, status: 'received' });
      sut.broadcasts.hear(TASK_SIGNALS, { tenant: 'globex', token: TASK_TOKEN, progress: EVENT });
      sut.broadcasts.hear(TASK_SIGNALS, 'from a newer version');
      changes.push({ id: '9', event: finished });
      signal();

      const told = (await answer.text()).split('\n\n').filter((part) => part.includes('event: '));
      expect(told).toEqual([
        `id: 7\nevent: status\ndata: ${JSON.stringify(EVENT)}`,
        `event: progress\ndata: ${JSON.stringify({ ...EVENT, status: 'received' })}`,
        `id: 9\nevent: status\ndata: ${JSON.stringify(finished)}`,
      ]);
    });

    it('should go on after the change that the client knows, and let it go when there is nothing more', async () => {
      changes.push({ id: '9', event: finished });
      const after = (id: string) => request(sut.url).get(path).set('last-event-id', id);
      expect((await after('7').expect(200)).text).not.toContain('id: 7\n');
      await after('9').expect(204);
      await after('x').expect(400);
    });

    it('should keep the number of streams', async () => {
      await sut.close();
      sut = await startGateway({ MIRANTE_MAX_TASK_STREAMS: 1 });
      sut.rpc.answer(listTaskEvents, () => ({
        items: [],
        task: { ...RANDOMIZE_EXAMPLE, status: 'requested' as const },
      }));
      const first = await watch();
      expect(first.answer.statusCode).toBe(200);
      await request(sut.url).get(path).expect(503);
      first.leave();
      await eventually(async () => {
        const next = await watch();
        next.leave();
        expect(next.answer.statusCode).toBe(200);
      });
    });
  });
});
