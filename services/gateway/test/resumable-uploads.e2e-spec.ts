import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';
import request from 'supertest';
import { Upload, type UploadOptions } from 'tus-js-client';
import { afterEach, describe, expect, it } from 'vitest';
import type { BlobStore } from '#libs/blobs';
import { eventually } from '#libs/testing';
import { TASK_BLOBS } from '../src/tasks/task-blobs.module.js';
import { ResumableUploads } from '../src/uploads/resumable-uploads.service.js';
import { UploadSweeper } from '../src/uploads/upload-sweeper.service.js';
import { startGateway, type GatewayApp } from './gateway-app.js';

const PIECE = 'application/offset+octet-stream';
const TUS = { 'tus-resumable': '1.0.0' };
const HOME = '/api/v1/uploads';
const ANONYMOUS = 'anonymous';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Uploads with the client of the people who wrote the protocol. */
function tusUpload(url: string, bytes: Buffer, options: Partial<UploadOptions> = {}) {
  let upload!: Upload;
  const ended = new Promise<string>((resolve, reject) => {
    upload = new Upload(bytes, {
      endpoint: `${url}${HOME}`,
      retryDelays: [50, 100, 200],
      metadata: { filename: 'numbers é.txt' },
      onSuccess: () => resolve(upload.url!),
      onError: reject,
      ...options,
    });
    upload.start();
  });
  return { upload, ended };
}

describe('resumable uploads', () => {
  let sut: GatewayApp;

  afterEach(() => sut.close());

  const idOf = (url: string) => url.split('/').at(-1)!;
  const create = async (bytes: number, headers: Record<string, string> = {}) => {
    const answer = await request(sut.url)
      .post(HOME)
      .set({ ...TUS, 'upload-length': String(bytes), ...headers });
    expect([answer.status, answer.text]).toEqual([201, '']);
    return idOf(answer.headers['location']!);
  };
  const append = (id: string, offset: number, body: string | Buffer, headers: Record<string, string> = {}) =>
    request(sut.url)
      .patch(`${HOME}/${id}`)
      .set({ ...TUS, 'content-type': PIECE, 'upload-offset': String(offset), ...headers })
      .send(body);
  const claimed = async (id: string) => {
    const blob = await sut.app.get(ResumableUploads).claim(ANONYMOUS, id);
    return { ...blob, content: await buffer(sut.app.get<BlobStore>(TASK_BLOBS).open(blob.ref)) };
  };
  /** A request that sends some bytes and then nothing. */
  const stall = (id: string, bytes: Buffer) => {
    const headers = { ...TUS, 'content-type': PIECE, 'upload-offset': '0', 'content-length': String(2 * bytes.length) };
    const outgoing = httpRequest({ port: sut.port, method: 'PATCH', path: `${HOME}/${id}`, headers });
    outgoing.on('error', () => undefined);
    outgoing.write(bytes);
    return outgoing;
  };

  it.each<[string, Partial<UploadOptions>]>([
    ['in one piece', {}],
    ['in many pieces', { chunkSize: 1_000_003 }],
    ['with bytes in the first request', { uploadDataDuringCreation: true, chunkSize: 3_000_000 }],
  ])('should take a file from a tus client %s', async (_how, options) => {
    sut = await startGateway();
    const bytes = randomBytes(10_000_000);
    const id = idOf(await tusUpload(sut.url, bytes, options).ended);
    const { body } = await request(sut.url).get(`${HOME}/${id}`).expect(200);
    expect(body).toMatchObject({
      status: 'complete',
      bytes: bytes.length,
      offset: bytes.length,
      sha256: sha256(bytes),
      metadata: { filename: 'numbers é.txt' },
    });
    const blob = await claimed(id);
    expect(blob).toMatchObject({ ref: sha256(bytes), bytes: bytes.length });
    expect(blob.content.equals(bytes)).toBe(true);
  });

  it('should go on where a broken connection has ended', async () => {
    sut = await startGateway();
    const bytes = randomBytes(8_000_000);
    const id = await create(bytes.length);
    const outgoing = stall(id, bytes.subarray(0, 3_000_000));
    const offset = async () =>
      Number((await request(sut.url).head(`${HOME}/${id}`).set(TUS).expect(200)).headers['upload-offset']);
    await eventually(async () => expect(await offset()).toBeGreaterThan(1_000_000));
    outgoing.destroy();
    await tusUpload(sut.url, bytes, { uploadUrl: `${sut.url}${HOME}/${id}` }).ended;
    expect((await claimed(id)).content.equals(bytes)).toBe(true);
  });

  it('should let a newer request take over from one that stalls', async () => {
    sut = await startGateway();
    const id = await create(6);
    const outgoing = stall(id, Buffer.from('012'));
    await eventually(async () => expect(await sut.storedFiles()).toHaveLength(1));
    const head = () => request(sut.url).head(`${HOME}/${id}`).set(TUS);
    const taken = await append(id, 0, '');
    expect([204, 409]).toContain(taken.status);
    const offset = Number((await head()).headers['upload-offset']);
    expect((await append(id, offset, '012345'.slice(offset))).status).toBe(204);
    expect((await claimed(id)).content.toString()).toBe('012345');
    outgoing.destroy();
  });

  it('should refuse while another gateway writes', async () => {
    sut = await startGateway();
    const id = await create(6);
    sut.uploads.holdElsewhere(id);
    const answer = await append(id, 0, '012345');
    expect([answer.status, answer.body]).toMatchObject([423, { code: 'UPLOADS.LOCKED' }]);
    expect(answer.headers['retry-after']).toBe('5');
  });

  it('should say what it speaks', async () => {
    sut = await startGateway({ MIRANTE_MAX_UPLOAD_BYTES: 1_000 });
    const { headers } = await request(sut.url).options(HOME).expect(204);
    expect(headers).toMatchObject({
      'tus-resumable': '1.0.0',
      'tus-version': '1.0.0',
      'tus-max-size': '1000',
      'tus-extension': 'creation,creation-with-upload,expiration,termination',
    });
    const old = await request(sut.url).post(HOME).set({ 'tus-resumable': '0.2.2', 'upload-length': '5' }).expect(412);
    expect(old.headers['tus-version']).toBe('1.0.0');
    await request(sut.url).post(HOME).set('upload-length', '5').expect(412);
  });

  it('should refuse what does not fit to the protocol', async () => {
    sut = await startGateway({ MIRANTE_MAX_UPLOAD_BYTES: 1_000 });
    const begin = (headers: Record<string, string>) =>
      request(sut.url)
        .post(HOME)
        .set({ ...TUS, ...headers });
    await begin({ 'upload-length': '1001' }).expect(413);
    await begin({ 'upload-length': '-1' }).expect(400);
    await begin({}).expect(400);
    await begin({ 'upload-length': '1', 'upload-metadata': 'a b c' }).expect(400);
    await begin({ 'upload-length': '1', 'content-type': 'text/plain' }).send('x').expect(415);
    const id = await create(6);
    expect((await append(id, 0, 'x', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await append(id, 3, 'x')).status).toBe(409);
    expect((await append(id, 0, '0123456')).status).toBe(413);
    expect((await append(id, 0, '012', { 'tus-resumable': '2.0.0' })).status).toBe(412);
    expect((await append('019a3f0e-6a54-7c3e-9d2b-0c8f3e6a1b42', 0, '012')).status).toBe(404);
    expect((await append('nonsense', 0, '012')).status).toBe(400);
    await expect(claimed(id)).rejects.toMatchObject({ code: 'UPLOADS.UNFINISHED' });
    expect((await append(id, 0, '012345')).headers['upload-offset']).toBe('6');
  });

  it('should keep tenants apart', async () => {
    sut = await startGateway();
    const id = await create(6);
    const other = { authorization: `Bearer ${sut.keys.add({ scopes: 'tasks:read tasks:write' })}` };
    expect((await append(id, 0, '012345', other)).status).toBe(404);
    await request(sut.url).get(`${HOME}/${id}`).set(other).expect(404);
    await request(sut.url)
      .delete(`${HOME}/${id}`)
      .set({ ...TUS, ...other })
      .expect(404);
    await expect(sut.app.get(ResumableUploads).claim('acme', id)).rejects.toMatchObject({ code: 'UPLOADS.NOT_FOUND' });
    const reader = { authorization: `Bearer ${sut.keys.add({ scopes: 'tasks:read' })}` };
    expect((await append(id, 0, '012345', reader)).status).toBe(403);
  });

  it('should hold a tenant to its quota, and free it by deleting', async () => {
    sut = await startGateway({ MIRANTE_UPLOAD_QUOTA_BYTES: 100, MIRANTE_UPLOAD_QUOTA_FILES: 3 });
    const first = await create(60);
    const begin = (bytes: number) =>
      request(sut.url)
        .post(HOME)
        .set({ ...TUS, 'upload-length': String(bytes) });
    const { body } = await begin(41).expect(413);
    expect(body).toMatchObject({ code: 'UPLOADS.QUOTA' });
    await request(sut.url).delete(`${HOME}/${first}`).set(TUS).expect(204);
    await request(sut.url).get(`${HOME}/${first}`).expect(404);
    expect(await sut.storedFiles()).toEqual([]);
    for (const bytes of [41, 0, 0]) await begin(bytes).expect(201);
    await begin(0).expect(413);
  });

  it('should remove a file that is not what was announced', async () => {
    sut = await startGateway();
    const bytes = Buffer.from('012345');
    const announced = (text: string) => ({ 'upload-metadata': `sha256 ${Buffer.from(text).toString('base64')}` });
    const right = await create(6, announced(sha256(bytes)));
    expect((await append(right, 0, bytes)).status).toBe(204);
    const wrong = await create(6, announced('0'.repeat(64)));
    const answer = await append(wrong, 0, bytes);
    expect([answer.status, answer.body]).toMatchObject([460, { code: 'UPLOADS.CHECKSUM' }]);
    await request(sut.url).get(`${HOME}/${wrong}`).expect(404);
  });

  it('should remove uploads when their time is over, and bytes nobody knows of', async () => {
    sut = await startGateway({ MIRANTE_UPLOAD_HOURS: 1 });
    const old = await create(6);
    await append(old, 0, '012');
    sut.uploads.ahead = 3_700_000;
    const young = await create(6);
    await request(sut.url).get(`${HOME}/${old}`).expect(410);
    const blobs = sut.app.get<BlobStore>(TASK_BLOBS);
    await blobs.partials.begin('019a3f0e-6a54-4c3e-9d2b-0c8f3e6a1b42', 5);
    const sweeper = sut.app.get(UploadSweeper);
    expect(await sweeper.sweep()).toBe(1);
    await request(sut.url).get(`${HOME}/${old}`).expect(404);
    expect(await sweeper.sweep(Date.now() + 3_700_000)).toBe(1);
    await request(sut.url).get(`${HOME}/${young}`).expect(200);
  });

  it('should keep the file of a task when the upload goes', async () => {
    sut = await startGateway();
    const id = await create(6);
    await append(id, 0, '012345');
    const { ref } = await claimed(id);
    await claimed(id);
    await request(sut.url).delete(`${HOME}/${id}`).set(TUS).expect(204);
    expect((await buffer(sut.app.get<BlobStore>(TASK_BLOBS).open(ref))).toString()).toBe('012345');
  });
});
