import { createHash } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { describeSystem, getArchive, importArchive } from '#libs/contracts';
import { CodedError } from '#libs/kernel';
import { eventually } from '#libs/testing';
import { startGateway, type GatewayApp } from './gateway-app.js';
import { rawRequest } from './raw-request.js';

const MIB = 1024 * 1024;
const HEAD = 'POST /api/v1/archives HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/x-ndjson\r\n';

function send(
  port: number,
  body: Readable,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const options = {
      port,
      method: 'POST',
      path: '/api/v1/archives',
      headers: { 'content-type': 'application/x-ndjson', ...headers },
    };
    const outgoing = httpRequest(options, (answer: IncomingMessage) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode!, text: Buffer.concat(chunks).toString() }));
    });
    outgoing.on('error', reject);
    body.pipe(outgoing);
  });
}

function* chunks(count: number, bytes: number): Generator<Buffer> {
  for (let n = 0; n < count; n++) yield Buffer.alloc(bytes, n % 251);
}

describe('uploads', () => {
  let sut: GatewayApp;

  afterEach(() => sut.close());

  it('should stream 200 MB to the blob store at bounded memory', async () => {
    sut = await startGateway();
    const hash = createHash('sha256');
    let highest = 0;
    const before = process.memoryUsage.rss();
    const watch = setInterval(() => (highest = Math.max(highest, process.memoryUsage.rss())), 20);
    const body = Readable.from(
      (function* () {
        for (const chunk of chunks(200, MIB)) {
          hash.update(chunk);
          yield chunk;
        }
      })(),
    );
    const { status } = await send(sut.port, body);
    clearInterval(watch);

    expect(status).toBe(202);
    const [handed] = sut.rpc.callsOf(importArchive) as { blob: string; bytes: number }[];
    expect(handed).toMatchObject({ blob: hash.digest('hex'), bytes: 200 * MIB });
    // Client and server share this process; both together stay far below the body.
    expect(highest - before).toBeLessThan(100 * MIB);
  });

  it('should leave nothing behind when the client goes away in the middle', async () => {
    sut = await startGateway();
    const socket = connect(sut.port, '127.0.0.1');
    socket.write(`${HEAD}Content-Length: 1000000\r\n\r\n${'x'.repeat(100_000)}`);
    await eventually(async () => expect(await sut.storedFiles()).toHaveLength(1), { timeoutMs: 5_000 });
    socket.destroy();

    await eventually(async () => expect(await sut.storedFiles()).toEqual([]), { timeoutMs: 5_000 });
    expect(sut.rpc.callsOf(importArchive)).toEqual([]);
  });

  it('should answer 413 while the client still sends, and keep nothing', async () => {
    sut = await startGateway({ MIRANTE_MAX_UPLOAD_BYTES: MIB });
    const { status, text } = await send(sut.port, Readable.from(chunks(3, MIB)));
    expect(status).toBe(413);
    expect(text).toContain('BLOBS.TOO_LARGE');
    expect(await sut.storedFiles()).toEqual([]);
  });

  it('should answer a refused upload, bear what still arrives, and then hang up', async () => {
    sut = await startGateway();
    const socket = connect(sut.port, '127.0.0.1');
    const answered: Buffer[] = [];
    socket.on('data', (chunk) => answered.push(chunk));
    socket.on('error', () => undefined);
    socket.write('POST /nowhere HTTP/1.1\r\nHost: gateway\r\nContent-Length: 99999999999\r\n\r\n');
    const writing = setInterval(() => socket.write(Buffer.alloc(64 * 1024)), 50);
    try {
      await eventually(() => expect(Buffer.concat(answered).toString()).toMatch(/^HTTP\/1\.1 404 /));
      expect(socket.closed).toBe(false);
      await eventually(() => expect(socket.closed).toBe(true), { timeoutMs: 10_000 });
    } finally {
      clearInterval(writing);
      socket.destroy();
    }
  });

  it('should end an upload that pauses too long with 408', async () => {
    sut = await startGateway({ MIRANTE_UPLOAD_IDLE_SECONDS: 1 });
    const answer = await rawRequest(sut.port, `${HEAD}Content-Length: 100\r\n\r\nabc`);
    expect(answer.status).toBe(408);
    expect(await sut.storedFiles()).toEqual([]);
  });

  it('should not ask for a body it would refuse', async () => {
    sut = await startGateway({ MIRANTE_MAX_UPLOAD_BYTES: MIB });
    const refused = await rawRequest(sut.port, `${HEAD}Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n`);
    expect(refused.status).toBe(413);
    const body = Readable.from([Buffer.from('{}')]);
    expect((await send(sut.port, body, { expect: '100-continue' })).status).toBe(202);
  });

  it('should refuse at once what nobody can import', async () => {
    sut = await startGateway();
    sut.rpc.fail(describeSystem('twitter-ingest'), new CodedError('RPC.UNROUTABLE', 'unavailable', 'nobody'));
    expect((await send(sut.port, Readable.from(chunks(1, 1_000)))).status).toBe(503);

    const key = { 'idempotency-key': '7d3f0c1e-6a54-4c3e-9d2b-0c8f3e6a1b42' };
    sut.rpc.fail(getArchive, new CodedError('RPC.TIMEOUT', 'timeout', 'slow'));
    expect((await send(sut.port, Readable.from(chunks(1, 1_000)), key)).status).toBe(504);
    expect(await sut.storedFiles()).toEqual([]);
  });

  it('should bound how many uploads arrive at the same time', async () => {
    sut = await startGateway({ MIRANTE_MAX_UPLOADS: 1 });
    const first = connect(sut.port, '127.0.0.1');
    first.write(`${HEAD}Content-Length: 10\r\n\r\nabc`);
    await eventually(async () => expect(await sut.storedFiles()).toHaveLength(1), { timeoutMs: 5_000 });
    const second = await send(sut.port, Readable.from([Buffer.from('{}')]));
    first.destroy();

    expect(second.status).toBe(503);
    expect(second.text).toContain('UPLOAD.TOO_MANY');
  });
});
