import { randomBytes } from 'node:crypto';
import {
  Catch,
  Controller,
  UseFilters,
  UseGuards,
  UseInterceptors,
  type CanActivate,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type RpcExceptionFilter,
} from '@nestjs/common';
import { ClientRMQ, Ctx, Payload, RpcException } from '@nestjs/microservices';
import { firstValueFrom, map, throwError, type Observable } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CodedError, sleep } from '#libs/kernel';
import { currentContext, newContext, runInContext } from '#libs/observability';
import { createTestVhost, eventually, type TestVhost } from '#libs/testing';
import { AmqpClient, HandleRpc, RpcRequestContext } from '../src/index.js';
import { expiredCalls } from '../src/messaging.metrics.js';
import { plainClient, type PlainClient } from './support/broker.js';
import { addNumbers, addIdempotent, failNumbers, nobodyAnswers } from './support/contracts.js';
import { startTestService, type TestService } from './support/test-service.js';

class NoSuchNumberError extends CodedError {
  constructor() {
    super('NUMBERS.NOT_FOUND', 'not-found', 'no such number', { details: { number: 7 }, retryAfterMs: 50 });
  }
}

class Special extends Error {}

@Catch(Special)
class SpecialFilter implements RpcExceptionFilter<Special> {
  catch(): Observable<never> {
    return throwError(() => ({ code: 'SPECIAL', kind: 'conflict', message: 'filtered' }));
  }
}

class RefuseThirteen implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToRpc().getData<{ a: number }>().a !== 13;
  }
}

class AddThousand implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler<{ sum: number }>): Observable<{ sum: number }> {
    return next.handle().pipe(map(({ sum }) => ({ sum: sum + 1_000 })));
  }
}

const seen: { trace: string[]; parent: string[]; runs: number; deadline: number | undefined } = {
  trace: [],
  parent: [],
  runs: 0,
  deadline: undefined,
};

@Controller()
class NumbersController {
  @HandleRpc(addNumbers)
  @UseGuards(RefuseThirteen)
  @UseInterceptors(AddThousand)
  async add(input: { a: number; b: number; note?: string }): Promise<{ sum: number }> {
    seen.runs++;
    seen.trace.push(currentContext()?.traceId ?? '');
    seen.parent.push(currentContext()?.parentSpanId ?? '');
    if (input.b < 0) await sleep(-input.b);
    return { sum: input.a + input.b };
  }

  @HandleRpc(addIdempotent)
  look(@Payload() input: { a: number }, @Ctx() context: RpcRequestContext): { a: number } {
    seen.deadline = context.getDeadline();
    return input;
  }

  @HandleRpc(failNumbers)
  @UseFilters(SpecialFilter)
  async fail({ how }: { how: string }): Promise<Record<string, never>> {
    switch (how) {
      case 'coded':
        throw new NoSuchNumberError();
      case 'plain':
        throw new Error('the password is hunter2');
      case 'special':
        throw new Special();
      case 'rpc-exception':
        throw new RpcException('shown on purpose');
      case 'huge':
        return { text: randomBytes(200 * 1024).toString('hex') } as unknown as Record<string, never>;
      default:
        return { sum: 1n } as unknown as Record<string, never>;
    }
  }
}

describe('calls', () => {
  let vhost: TestVhost;
  let sut: TestService;
  let plain: PlainClient;

  beforeAll(async () => {
    vhost = await createTestVhost();
    sut = await startTestService({
      url: vhost.amqpUrl,
      rpc: [addNumbers, addIdempotent, failNumbers],
      controllers: [NumbersController],
      settings: { rpcMaxInFlight: 20, validateAnswers: true },
    });
    plain = await plainClient(vhost.amqpUrl);
  });

  afterAll(async () => {
    await plain?.close();
    await sut?.close();
    await vhost?.delete();
  });

  it('should answer, through the interceptors of the handler', async () => {
    expect(await sut.client.call(addNumbers, { a: 1, b: 2 })).toEqual({ sum: 1_003 });
  });

  it('should carry the trace of the caller to the handler', async () => {
    const context = newContext();
    await runInContext(context, () => sut.client.call(addNumbers, { a: 1, b: 2 }));
    expect(seen.trace.at(-1)).toBe(context.traceId);
    expect(seen.parent.at(-1)).not.toBe(context.spanId);
    expect(seen.parent.at(-1)).toMatch(/^[0-9a-f]{16}$/);
  });

  it('should tell the handler the deadline', async () => {
    const before = Date.now();
    await sut.client.call(addIdempotent, { a: 1 }, { timeoutMs: 2_000 });
    expect(seen.deadline).toBeGreaterThanOrEqual(before + 2_000 - 5);
    expect(seen.deadline).toBeLessThan(Date.now() + 2_001);
  });

  it('should rebuild the coded error of the handler', async () => {
    const call = sut.client.call(failNumbers, { how: 'coded' });
    await expect(call).rejects.toBeInstanceOf(CodedError);
    await expect(call).rejects.toMatchObject({
      code: 'NUMBERS.NOT_FOUND',
      kind: 'not-found',
      message: 'no such number',
      details: { number: 7 },
      retryAfterMs: 50,
    });
  });

  it('should not show the message of an unexpected error', async () => {
    const failure = await sut.client.call(failNumbers, { how: 'plain' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'INTERNAL', kind: 'internal' });
    expect(JSON.stringify(failure) + String(failure)).not.toContain('hunter2');
  });

  it('should let the filters of the handler map errors', async () => {
    await expect(sut.client.call(failNumbers, { how: 'special' })).rejects.toMatchObject({
      code: 'SPECIAL',
      kind: 'conflict',
    });
  });

  it('should show the message of an RpcException', async () => {
    await expect(sut.client.call(failNumbers, { how: 'rpc-exception' })).rejects.toMatchObject({
      code: 'RPC.REFUSED',
      message: 'shown on purpose',
    });
  });

  it('should answer a refusing guard with forbidden', async () => {
    await expect(sut.client.call(addNumbers, { a: 13, b: 0 })).rejects.toMatchObject({
      code: 'RPC.FORBIDDEN',
      kind: 'forbidden',
    });
  });

  it('should name each bad field of the input and not run the handler', async () => {
    const runs = seen.runs;
    const wrong = { a: 'one', b: 1.5 } as unknown as { a: number; b: number };
    await expect(sut.client.call(addNumbers, wrong)).rejects.toMatchObject({
      code: 'RPC.INVALID_INPUT',
      kind: 'invalid',
      details: { fields: [{ path: 'a' }, { path: 'b' }] },
    });
    expect(seen.runs).toBe(runs);
  });

  it('should refuse an input over the size cap before it leaves', async () => {
    await expect(sut.client.call(addNumbers, { a: 1, b: 1, note: 'x'.repeat(300_000) })).rejects.toMatchObject({
      code: 'MESSAGE.TOO_LARGE',
      kind: 'too-large',
    });
  });

  it('should answer with an error when the answer is too large or not JSON', async () => {
    await expect(sut.client.call(failNumbers, { how: 'huge' })).rejects.toMatchObject({
      code: 'MESSAGE.TOO_LARGE',
      kind: 'internal',
    });
    await expect(sut.client.call(failNumbers, { how: 'bigint' })).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('should fail at once when no queue takes the call', async () => {
    const started = Date.now();
    await expect(sut.client.call(nobodyAnswers, {})).rejects.toMatchObject({
      code: 'RPC.UNROUTABLE',
      kind: 'unavailable',
    });
    expect(Date.now() - started).toBeLessThan(2_000);
  });

  it('should answer a method it does not know', async () => {
    const client = sut.get<AmqpClient>(AmqpClient);
    await expect(client.request('shop.numbers.divide', {}, { timeoutMs: 2_000 })).rejects.toMatchObject({
      code: 'RPC.UNKNOWN_METHOD',
    });
  });

  it('should time out and stop waiting', async () => {
    await expect(sut.client.call(addNumbers, { a: 1, b: -400 }, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'RPC.TIMEOUT',
      kind: 'timeout',
    });
  });

  it('should stop waiting when the caller gives up', async () => {
    const given = new AbortController();
    const call = sut.client.call(addNumbers, { a: 1, b: -400 }, { signal: given.signal });
    given.abort();
    await expect(call).rejects.toMatchObject({ code: 'RPC.ABORTED' });
  });

  it('should refuse more calls than may be in flight, and take calls again afterwards', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 30 }, (_, i) => sut.client.call(addNumbers, { a: 100 + i, b: -200 })),
    );
    const refused = results.filter((result) => result.status === 'rejected');
    // A request of an earlier test whose confirm is still on its way takes a place too.
    expect(refused.length).toBeGreaterThanOrEqual(10);
    expect(refused.length).toBeLessThan(15);
    expect(new Set(refused.map(({ reason }) => (reason as CodedError).code))).toEqual(new Set(['RPC.OVERLOADED']));
    expect(await sut.client.call(addNumbers, { a: 1, b: 1 })).toEqual({ sum: 1_002 });
  });

  it('should not run a call whose deadline has passed', async () => {
    const runs = seen.runs;
    const packet = { pattern: addNumbers.name, data: { a: 1, b: 1 }, id: 'late' };
    const expired = vi.spyOn(expiredCalls, 'inc');
    await plain.publishRaw('rpc.shop', Buffer.from(JSON.stringify(packet)), {
      headers: { 'x-deadline': Date.now() - 1 },
    });
    await eventually(() => expect(expired).toHaveBeenCalledTimes(1));
    expired.mockRestore();
    expect(seen.runs).toBe(runs);
    expect(await plain.depth('rpc.shop')).toBe(0);
  });

  it('should answer a call that is not a packet', async () => {
    const answers: string[] = [];
    await plain.channel.consume('amq.rabbitmq.reply-to', (message) => answers.push(message!.content.toString()), {
      noAck: true,
    });
    plain.channel.sendToQueue('rpc.shop', Buffer.from('not json'), {
      replyTo: 'amq.rabbitmq.reply-to',
      correlationId: 'c',
    });
    await eventually(() => expect(answers).toHaveLength(1));
    expect(JSON.parse(answers[0]!)).toMatchObject({ err: { code: 'MESSAGE.INVALID_JSON' }, isDisposed: true });
  });

  it('should work as a Nest ClientProxy', async () => {
    const client = sut.get<AmqpClient>(AmqpClient);
    expect(await firstValueFrom(client.send(addNumbers.name, { a: 2, b: 3 }))).toEqual({ sum: 1_005 });
    await expect(firstValueFrom(client.send(failNumbers.name, { how: 'coded' }))).rejects.toMatchObject({
      code: 'NUMBERS.NOT_FOUND',
    });
  });

  it('should answer an unmodified Nest ClientRMQ', async () => {
    const client = new ClientRMQ({ urls: [vhost.amqpUrl], queue: 'rpc.shop' });
    try {
      expect(await firstValueFrom(client.send(addNumbers.name, { a: 20, b: 3 }))).toEqual({ sum: 1_023 });
      await expect(firstValueFrom(client.send(failNumbers.name, { how: 'coded' }))).rejects.toMatchObject({
        code: 'NUMBERS.NOT_FOUND',
        kind: 'not-found',
      });
    } finally {
      await client.close();
    }
  });
});
