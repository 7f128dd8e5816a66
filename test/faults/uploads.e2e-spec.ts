import { createHash, randomBytes } from 'node:crypto';
import { Upload } from 'tus-js-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seeded } from '../harness/archive-factory.js';
import { startStack, type Stack } from '../harness/stack.js';

/** More with `MIRANTE_TEST_UPLOAD_KILLS=100 npm test -- test/faults/uploads`. */
const KILLS = Number(process.env['MIRANTE_TEST_UPLOAD_KILLS'] ?? 3);
const SEED = Number(process.env['MIRANTE_TEST_SEED'] ?? Date.now() % 1_000_000);
const BYTES = 200_000_000;

describe(`kill -9 of the gateway in the middle of an upload (seed ${SEED}, ${KILLS} kills)`, () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack();
  });

  afterAll(() => stack?.close());

  it('should go on from what was stored, and end with the same bytes', async () => {
    const random = seeded(SEED);
    const bytes = randomBytes(BYTES);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const resumedAt: number[] = [];
    let sent = 0;
    let kills = 0;
    let killing = Promise.resolve();
    let next = random() * (BYTES / (KILLS + 1));
    const url = await new Promise<string>((resolve, reject) => {
      const upload = new Upload(bytes, {
        endpoint: `${stack.baseUrl}/api/v1/uploads`,
        // A dead gateway holds the upload for ten seconds; the client asks until it may.
        retryDelays: Array.from({ length: 60 }, () => 500),
        metadata: { sha256 },
        chunkSize: 60_000_000,
        onBeforeRequest: (request) => {
          const offset = request.getHeader('Upload-Offset');
          if (request.getMethod() === 'PATCH' && offset !== undefined) resumedAt.push(Number(offset));
        },
        onProgress: (done) => {
          sent = done;
          if (kills >= KILLS || sent < next) return;
          kills++;
          next = (BYTES / (KILLS + 1)) * (kills + random());
          killing = killing.then(async () => {
            await stack.services.gateway.kill();
            await stack.services.gateway.restart();
          });
        },
        onSuccess: () => resolve(upload.url!),
        onError: reject,
      });
      upload.start();
    });
    await killing;
    // Some progress is told of too late to kill in it.
    expect(kills).toBeGreaterThan(KILLS / 2);
    expect(resumedAt.filter((offset) => offset % 60_000_000 !== 0).length).toBeGreaterThan(0);
    expect(await (await fetch(url)).json()).toMatchObject({ status: 'complete', offset: BYTES, sha256 });
  });
});
