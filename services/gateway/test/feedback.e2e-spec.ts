import request from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { submitFeedback } from '#libs/contracts';
import type { VisitsConfig } from '../src/visits/visits.config.js';
import { startGateway, type GatewayApp } from './gateway-app.js';

describe('feedback', () => {
  let sut: GatewayApp;

  afterEach(() => sut?.close());

  async function start(visits: Partial<VisitsConfig> = {}): Promise<void> {
    sut = await startGateway({}, visits);
  }

  it('should be handed on with its tenant', async () => {
    await start();
    const said = { message: '  Bom dia  ', email: 'ada@example.org', page: '/' };
    await request(sut.url).post('/api/v1/feedback').send(said).expect(201);
    expect(sut.rpc.callsOf(submitFeedback)).toEqual([
      { ...said, message: 'Bom dia', tenant: 'anonymous', id: expect.any(String) as string },
    ]);
  });

  it.each([{}, { message: '  ' }, { message: 'x'.repeat(4_001) }, { message: 'x', email: 'nobody' }, { message: 1 }])(
    'should be refused as %j',
    async (body) => {
      await start();
      await request(sut.url).post('/api/v1/feedback').send(body).expect(400);
      expect(sut.rpc.callsOf(submitFeedback)).toEqual([]);
    },
  );

  it('should be limited per address', async () => {
    await start({ MIRANTE_FEEDBACK_PER_HOUR: 2 });
    const tell = () => request(sut.url).post('/api/v1/feedback').send({ message: 'Hello' });
    await tell().expect(201);
    await tell().expect(201);
    const { body, headers } = await tell().expect(429);
    expect((body as { code: string }).code).toBe('FEEDBACK.RATE_LIMITED');
    expect(Number(headers['retry-after'])).toBeGreaterThan(60);
  });

  it('should be listed for who has the scope', async () => {
    await start();
    await request(sut.url).get('/api/v1/feedback').expect(401);
    const other = sut.keys.add({ scopes: 'visitors:read' });
    await request(sut.url).get('/api/v1/feedback').set('authorization', `Bearer ${other}`).expect(403);
    const reader = sut.keys.add({ scopes: 'feedback:read' });
    const { body } = await request(sut.url)
      .get('/api/v1/feedback')
      .set('authorization', `Bearer ${reader}`)
      .expect(200);
    expect((body as { items: unknown[] }).items).toHaveLength(1);
  });
});
