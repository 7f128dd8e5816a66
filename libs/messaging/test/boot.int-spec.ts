import { Controller } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestVhost, type TestVhost } from '#libs/testing';
import { HandleRpc } from '../src/index.js';
import { addIdempotent, addNumbers, failNumbers, orderPaid, orderPlaced } from './support/contracts.js';
import { BatchConsumer, OrderConsumer } from './support/handlers.js';
import { startTestService } from './support/test-service.js';

describe('boot', () => {
  let vhost: TestVhost;

  beforeAll(async () => {
    vhost = await createTestVhost();
  });

  afterAll(() => vhost?.delete());

  it('should refuse a declared call without a handler, a handler without a declaration and two handlers', async () => {
    @Controller()
    class Twice {
      @HandleRpc(addNumbers)
      one(): { sum: number } {
        return { sum: 1 };
      }

      @HandleRpc(addNumbers)
      two(): { sum: number } {
        return { sum: 2 };
      }

      @HandleRpc(failNumbers)
      undeclared(): Record<string, never> {
        return {};
      }
    }
    const start = startTestService({
      url: vhost.amqpUrl,
      rpc: [addNumbers, addIdempotent],
      controllers: [Twice],
    });
    await expect(start).rejects.toMatchObject({
      code: 'MESSAGING.HANDLERS',
      problems: expect.arrayContaining([
        `${addNumbers.name} has more than one @HandleRpc`,
        expect.stringContaining(`nothing handles ${addIdempotent.name}`),
        expect.stringContaining(`${failNumbers.name}, which the module does not declare`),
      ]) as unknown,
    });
  });

  it('should refuse to start with missing, undeclared and doubled handlers', async () => {
    const start = startTestService({
      url: vhost.amqpUrl,
      service: 'other',
      events: [orderPaid],
      providers: [OrderConsumer, BatchConsumer, { provide: 'again', useClass: BatchConsumer }],
    });
    await expect(start).rejects.toMatchObject({
      code: 'MESSAGING.HANDLERS',
      problems: expect.arrayContaining([
        expect.stringContaining(`${orderPlaced.name}, which the module does not declare`),
        `${orderPaid.name} has 2 handlers: BatchConsumer.paid, BatchConsumer.paid`,
      ]) as unknown,
    });
    const missing = startTestService({ url: vhost.amqpUrl, service: 'other', events: [orderPaid] });
    await expect(missing).rejects.toMatchObject({ problems: [`nothing handles ${orderPaid.name}`] });
  });
});
