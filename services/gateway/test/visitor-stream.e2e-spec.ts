import { get, type ClientRequest, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { visitorSummary, type VisitorSummary } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { watchingPages } from '../src/visits/visits.metrics.js';
import { metricsRegistry } from '#libs/observability';
import { startGateway, type GatewayApp } from './gateway-app.js';
import { summaryExample } from './visitor-examples.js';

const PAGES = 200;

/** A page that watches: what it was told last, and a way to leave. */
class Page {
  readonly told: VisitorSummary[] = [];
  ended = false;
  status = 0;
  private request: ClientRequest | undefined;

  open(url: string): Promise<this> {
    return new Promise((resolve, reject) => {
      this.request = get(`${url}/api/v1/visitors/events`, { agent: false }, (answer: IncomingMessage) => {
        this.status = answer.statusCode ?? 0;
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => {
          const events = (text + part).split('\n\n');
          text = events.pop()!;
          for (const event of events) {
            const data = /^event: figures\ndata: (.*)$/.exec(event)?.[1];
            if (data) this.told.push(JSON.parse(data) as VisitorSummary);
          }
        });
        answer.on('end', () => (this.ended = true)).on('error', () => undefined);
        resolve(this);
      }).on('error', reject);
    });
  }

  leave(): void {
    this.request?.destroy();
  }
}

async function watching(): Promise<number> {
  expect(watchingPages).toBeDefined();
  const metric = await metricsRegistry.getSingleMetric('visitor_streams_open')!.get();
  return metric.values[0]?.value ?? 0;
}

describe('figures that follow visits', () => {
  let sut: GatewayApp;
  let today: number;
  let pages: Page[];

  beforeEach(async () => {
    sut = await startGateway({}, { MIRANTE_VISITORS_MAX_STREAMS: PAGES });
    today = 1;
    pages = [];
    sut.rpc.answer(visitorSummary, ({ site }) => summaryExample(site, today));
  });

  afterEach(async () => {
    pages.forEach((page) => page.leave());
    await sut.close();
  });

  async function open(count: number): Promise<void> {
    pages.push(...(await Promise.all(Array.from({ length: count }, () => new Page().open(sut.url)))));
  }

  const allShow = (unique: number) => pages.every(({ told }) => told.at(-1)?.today.unique === unique);

  it(`should reach ${PAGES} open pages within two seconds`, async () => {
    await open(PAGES);
    await eventually(() => allShow(1));
    today = 2;
    await eventually(() => allShow(2), { timeoutMs: 2_000 });
  });

  it('should ask the service once for all pages, and not at all when nobody watches', async () => {
    await open(50);
    await eventually(() => allShow(1));
    const calls = () => sut.rpc.callsOf(visitorSummary).length;
    expect(calls()).toBeLessThan(20);
    pages.forEach((page) => page.leave());
    await eventually(async () => (await watching()) === 0);
    let before = calls();
    // The look that was under way may still end.
    await eventually(
      async () => {
        const quiet = calls() === before;
        before = calls();
        await new Promise((resolve) => setTimeout(resolve, 1_200));
        return quiet && calls() === before;
      },
      { timeoutMs: 10_000 },
    );
  });

  it('should forget pages that left, and give their place to others', async () => {
    await open(PAGES);
    expect((await new Page().open(sut.url)).status).toBe(503);
    for (let round = 0; round < 5; round++) {
      pages.splice(0).forEach((page) => page.leave());
      await eventually(async () => (await watching()) === 0);
      await open(PAGES);
      await eventually(() => allShow(1));
    }
    expect(pages.every(({ status }) => status === 200)).toBe(true);
    expect(await watching()).toBe(PAGES);
  });

  it('should end when the process does', async () => {
    await open(10);
    await eventually(() => allShow(1));
    const startedAt = Date.now();
    await sut.close();
    await eventually(() => pages.every(({ ended }) => ended));
    expect(Date.now() - startedAt).toBeLessThan(3_000);
  });
});
