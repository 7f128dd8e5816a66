import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Task } from '#libs/contracts';
import { eventually, startServiceProcess, type ServiceProcess } from '#libs/testing';
import { freePorts } from '../../compose/native/src/servers/index.js';
import { repoRoot } from '../../compose/native/src/repo.js';
import { createKey } from '../harness/keys.js';
import { startStack, type Stack } from '../harness/stack.js';
import { TaskClient } from '../harness/task-client.js';
import { S3_KEYS, startS3Simulator, type S3Simulator } from '../simulators/index.js';

const MIB = 2 ** 20;
const NUMBER = '1234567890123456\n';

/** Files in a bucket instead of a folder, two worker processes that share nothing else, and a bucket that refuses now and then. */
describe('the product on S3', () => {
  let s3: S3Simulator;
  let stack: Stack;
  let other: ServiceProcess;
  let otherUrl: string;
  let sut: TaskClient;

  beforeAll(async () => {
    s3 = await startS3Simulator();
    stack = await startStack({
      env: {
        MIRANTE_BLOB_URL: 's3://files/mirante',
        MIRANTE_BLOB_S3_ENDPOINT: s3.url,
        MIRANTE_BLOB_S3_ACCESS_KEY_ID: S3_KEYS.accessKeyId,
        MIRANTE_BLOB_S3_SECRET_ACCESS_KEY: S3_KEYS.secretAccessKey,
        MIRANTE_SUM_SLICE_MIB: '1',
      },
    });
    const [port] = await freePorts(1);
    otherUrl = `http://127.0.0.1:${port}`;
    other = await startServiceProcess({
      entry: join(repoRoot, 'dist/services/image-tasks/src/main.js'),
      env: { ...stack.envOf('image-tasks'), MIRANTE_INTERNAL_PORT: String(port) },
      readyUrl: `${otherUrl}/health/ready`,
    });
    sut = new TaskClient(stack.baseUrl, await createKey(stack, 'acme', 'all'));
  });

  afterAll(async () => {
    await other?.stop();
    await stack?.close();
    await s3?.close();
  });

  const noFolderIsUsed = () =>
    expect(readdirSync(join(dirname(stack.logDir), 'blobs'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())).toEqual([]); // prettier-ignore

  it('should shuffle an image and give it back', async () => {
    const image = await sharp({ create: { width: 200, height: 130, channels: 3, background: '#c33' } })
      .composite([{ input: Buffer.from('<svg width="90" height="90"><circle cx="45" cy="45" r="40"/></svg>') }])
      .png()
      .toBuffer();
    s3.fail({ fault: 'slow-down' });
    const { token } = await sut.submit('/randomize', new Uint8Array(image), { 'content-type': 'image/png' });
    expect(await sut.ended(token)).toMatchObject({ status: 'finished' });
    const shuffled = await sut.bytes(`/randomize/${token}/result`);
    const back = await sut.json<{ token: string }>(`/api/v1/tasks/${token}/restore`, { method: 'POST' });
    expect(await sut.ended(back.token)).toMatchObject({ status: 'finished' });
    const restored = await sut.bytes(`/randomize/${back.token}/result`);

    const pixels = (file: Buffer) => sharp(file).raw().toBuffer();
    expect((await pixels(shuffled)).equals(await pixels(image))).toBe(false);
    expect((await pixels(restored)).equals(await pixels(image))).toBe(true);
    noFolderIsUsed();
  });

  it('should add up a text of many slices that was uploaded in pieces, in both processes', async () => {
    const text = NUMBER.repeat(Math.ceil((12 * MIB) / NUMBER.length));
    const tus = { 'tus-resumable': '1.0.0' };
    const made = await sut.ask('/api/v1/uploads', {
      method: 'POST',
      headers: { ...tus, 'upload-length': String(text.length) },
    });
    const at = new URL(made.headers.get('location')!, stack.baseUrl).pathname;
    const half = 7 * MIB + 3;
    for (const [from, to] of [
      [0, half],
      [half, text.length],
    ] as const) {
      // prettier-ignore
      const sent = await sut.ask(at, {
        method: 'PATCH',
        headers: { ...tus, 'upload-offset': String(from), 'content-type': 'application/offset+octet-stream' },
        body: text.slice(from, to),
      });
      expect(sent.status).toBe(204);
    }
    s3.fail({ fault: 'cut', operation: 'GetObject', times: 2 });
    const body = JSON.stringify({ upload: at.split('/').at(-1) });
    const { token } = await sut.submit('/sum-even', body, { 'content-type': 'application/json' });
    expect(await sut.ended(token)).toMatchObject({ status: 'finished' } satisfies Partial<Task>);

    const lines = text.length / NUMBER.length;
    expect(await sut.json(`/sum-even/${token}/result`)).toMatchObject({
      sum: (BigInt(NUMBER) * BigInt(lines)).toString(),
      count: lines,
      malformed: 0,
    });
    const slices = await Promise.all([stack.internalUrls['image-tasks'], otherUrl].map(slicesDone));
    expect(slices.every((done) => done > 0)).toBe(true);
    noFolderIsUsed();
  });

  it('should import an archive', async () => {
    const sample = join(repoRoot, 'postman/data/sample-posts.jsonl');
    const { id } = await sut.json<{ id: string }>('/api/v1/archives?tag=lookout', {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: readFileSync(sample, 'utf8'),
    });
    await eventually(async () => {
      expect(await sut.json(`/api/v1/archives/${id}`)).toMatchObject({ status: 'done' });
    });
    expect(s3.seen).toContain('GetObject');
    noFolderIsUsed();
  });
});

/** Slices of sums that a process has worked on. */
async function slicesDone(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^job_slices_total\{kind="sum-even",outcome="ok"\} (\d+)/m.exec(text)?.[1] ?? 0);
}
