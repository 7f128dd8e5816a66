import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderMetrics } from '#libs/observability';
import { problemSchema } from '../src/problems/problem.domain.js';
import { startGateway, type GatewayApp } from './gateway-app.js';
import { MALFORMED_BODIES } from './malformed-bodies.js';
import { MALFORMED } from './malformed-requests.js';
import { Random } from './random.js';
import { rawRequest, type RawAnswer } from './raw-request.js';

const SEED = Number(process.env['MIRANTE_TEST_SEED'] ?? 20_260_214);
const REQUESTS = 1_000;
const PATHS = 10_000;

async function seriesCount(): Promise<number> {
  const { body } = await renderMetrics();
  return body.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
}

function complaintAbout({ status, headers, body }: RawAnswer): string | undefined {
  if (status < 400 || status > 499) return `status ${status}`;
  if (headers.get('content-type') !== 'application/problem+json') return `type ${headers.get('content-type')}`;
  const parsed = problemSchema.safeParse(JSON.parse(body));
  if (!parsed.success) return parsed.error.message;
  if (parsed.data.status !== status) return `says ${parsed.data.status}, is ${status}`;
  return /node_modules|\.ts:|Error:/.test(body) ? 'leaks the inside' : undefined;
}

describe('gateway under malformed requests', () => {
  let sut: GatewayApp;

  beforeAll(async () => {
    sut = await startGateway();
  });

  afterAll(() => sut.close());

  it.each([
    ['requests', MALFORMED],
    ['bodies', MALFORMED_BODIES],
  ])(
    `should refuse ${REQUESTS} malformed %s with a 4xx problem and change nothing (seed ${SEED})`,
    async (_, kindsOf) => {
      const random = new Random(SEED);
      const kinds = Object.entries(kindsOf);
      const wrong: string[] = [];
      for (let n = 0; n < REQUESTS; n++) {
        // Every kind gets its turn; the dice choose within it.
        const [kind, generate] = kinds[n % kinds.length]!;
        const bytes = generate(random);
        const answer = await rawRequest(sut.port, Buffer.from(bytes, 'latin1')).catch(
          (error: unknown) => error as Error,
        );
        const complaint = answer instanceof Error ? answer.message : complaintAbout(answer);
        if (complaint) wrong.push(`${kind}: ${complaint}: ${JSON.stringify(bytes.slice(0, 200))}`);
      }
      expect(wrong).toEqual([]);
      // A broken upload is found out while it is read; until then only questions may have been asked.
      expect(sut.rpc.calls.filter(({ name }) => !name.endsWith('.system.describe'))).toEqual([]);
      expect(await sut.storedFiles()).toEqual([]);
    },
  );

  it(`should keep the number of series bounded under ${PATHS} random paths`, async () => {
    const random = new Random(SEED + 1);
    const probe = (path: string) =>
      sut.app.inject({
        method: random.pick(['GET', 'POST', 'HEAD', 'PUT']),
        url: path,
        headers: { 'x-request-id': random.text(40, '\u0001\n"{}%<>') },
      });
    for (let n = 0; n < 100; n++) await probe(`/${random.text(12)}`);
    const before = await seriesCount();
    for (let n = 0; n < PATHS; n++) {
      await probe(`/${random.text(1 + random.below(40), 'abcdefgh0123456789-_./%?&=')}`);
    }
    const grown = (await seriesCount()) - before;

    // A few more statuses may have shown up; each is one label set of 17 series.
    expect(grown).toBeLessThan(10 * 17);
  });
});
