import { lastValueFrom, isObservable } from 'rxjs';
import type { MessageHandler } from '@nestjs/microservices';
import type { RpcContract } from '#libs/contracts';
import { failIfAsked } from '#libs/faults';
import { messageOf, type WireError } from '#libs/kernel';
import { createLogger, rpcServerDuration, runInContext } from '#libs/observability';
import type { AmqpPublisher } from './amqp-publisher.js';
import { runWithDeadline } from './deadline.js';
import type { Delivery } from './delivery.js';
import type { FailedDeliveries } from './failed-deliveries.js';
import { HEADER, numberHeader, remainingMs } from './headers.js';
import { MessageTooLargeError, RpcInvalidInputError, UnusableMessageError } from './messaging.errors.js';
import { expiredCalls } from './messaging.metrics.js';
import { decodeRequest, encodePacket, type RequestPacket } from './packet.js';
import { errorToWire, outcomeOf } from './rpc-errors.js';
import { RpcRequestContext } from './rpc-request.context.js';
import { consumerContext, outgoingTraceHeaders } from './trace-headers.js';
import { fieldProblems } from './validation.js';

const log = createLogger('RpcProcessor');

export interface RpcProcessorOptions {
  findHandler(pattern: string): MessageHandler | null;
  /** Runs the handler between Nest's processing hooks. */
  invoke(context: RpcRequestContext, run: () => Promise<void>): Promise<void>;
  validateAnswers: boolean;
}

/** Answers calls. Each delivery is acknowledged after its answer is sent; a repeated copy is dropped by its deadline. */
export class RpcProcessor {
  constructor(
    private readonly publisher: AmqpPublisher,
    private readonly failed: FailedDeliveries,
    private readonly options: RpcProcessorOptions,
  ) {}

  process(delivery: Delivery): Promise<void> {
    return runInContext(consumerContext(delivery.message.properties.headers), () => this.answer(delivery));
  }

  private async answer(delivery: Delivery): Promise<void> {
    let request: RequestPacket;
    let handler: MessageHandler;
    try {
      request = decodeRequest(delivery.message.content);
      handler = this.handlerOf(request);
    } catch (error) {
      return this.refuse(delivery, error as UnusableMessageError);
    }
    const { headers } = delivery.message.properties;
    if ((remainingMs(headers, Date.now()) ?? 1) <= 0) {
      expiredCalls.inc({ rpc_method: request.pattern });
      log.debug('a call expired before it ran', { labels: { rpc_method: request.pattern } });
      return delivery.ack();
    }
    const started = performance.now();
    const deadline = numberHeader(headers, HEADER.deadline);
    const context = new RpcRequestContext([delivery.message, request.pattern, deadline]);
    let response: unknown;
    let failure: unknown;
    await this.options.invoke(context, async () => {
      try {
        response = await runWithDeadline(deadline, () => this.run(handler, request, context));
      } catch (error) {
        failure = error ?? new Error('the handler threw nothing');
      }
    });
    const err = failure === undefined ? undefined : errorToWire(failure);
    this.reply(delivery, request, response, err);
    delivery.ack();
    this.observe(request.pattern, err, failure, performance.now() - started);
  }

  private handlerOf({ pattern }: RequestPacket): MessageHandler {
    const handler = this.options.findHandler(pattern);
    if (!handler) throw new UnusableMessageError('RPC.UNKNOWN_METHOD', `this service does not answer ${pattern}`);
    return handler;
  }

  private async run(handler: MessageHandler, request: RequestPacket, context: RpcRequestContext): Promise<unknown> {
    failIfAsked(request.pattern);
    const contract = handler.extras?.['contract'] as RpcContract | undefined;
    let data = request.data;
    if (contract) {
      const input = contract.input.safeParse(data);
      if (!input.success) throw new RpcInvalidInputError(contract.name, fieldProblems(input.error));
      data = input.data;
    }
    const result: unknown = await handler(data, context);
    const answer = isObservable(result) ? await lastValueFrom(result, { defaultValue: undefined }) : result;
    if (contract && this.options.validateAnswers) {
      const output = contract.output.safeParse(answer);
      if (!output.success) {
        const problems = fieldProblems(output.error).map(({ path, message }) => `${path}: ${message}`);
        throw new Error(`the answer of ${contract.name} does not fit its contract: ${problems.join('; ')}`);
      }
    }
    return answer;
  }

  private refuse(delivery: Delivery, error: UnusableMessageError): Promise<void> | void {
    if (!delivery.message.properties.replyTo) return this.failed.park(delivery, error.code, error);
    log.warn('a call is refused', { labels: { code: error.code, reason: messageOf(error) } });
    this.reply(delivery, { pattern: '', data: undefined }, undefined, error.toWire());
    delivery.ack();
  }

  /** An answer that cannot be sent is lost: the caller's deadline takes care of it. */
  private reply(delivery: Delivery, request: RequestPacket, response: unknown, err: WireError | undefined): void {
    const { replyTo, correlationId } = delivery.message.properties;
    if (!replyTo) return;
    const id = request.id ?? (typeof correlationId === 'string' ? correlationId : undefined);
    const content = this.encodeAnswer(id, response, err, request.pattern);
    const sent = this.publisher.tryPublish({
      exchange: '',
      routingKey: String(replyTo),
      content,
      options: { correlationId, contentType: 'application/json', headers: outgoingTraceHeaders() },
    });
    if (!sent) log.warn('an answer could not be sent', { labels: { rpc_method: request.pattern } });
  }

  private encodeAnswer(id: string | undefined, response: unknown, err: WireError | undefined, method: string): Buffer {
    try {
      return encodePacket({ id, ...(err ? { err } : { response }), isDisposed: true }, `the answer of ${method}`);
    } catch (error) {
      log.error('an answer cannot be encoded', { labels: { rpc_method: method } }, error);
      const wire = error instanceof MessageTooLargeError ? error.toWire() : errorToWire(error);
      return encodePacket({ id, err: { ...wire, kind: 'internal' }, isDisposed: true }, 'an error');
    }
  }

  private observe(rpcMethod: string, err: WireError | undefined, failure: unknown, durationMs: number): void {
    const outcome = outcomeOf(err?.kind);
    rpcServerDuration.observe({ rpc_method: rpcMethod, outcome }, durationMs / 1_000);
    const fields = {
      event: {
        action: 'rpc.handle',
        outcome: err ? ('failure' as const) : ('success' as const),
        duration: durationMs * 1e6,
      },
      labels: { rpc_method: rpcMethod, code: err?.code ?? 'ok' },
    };
    if (!err) log.debug('call answered', fields);
    else if (err.kind === 'internal') log.error('a call failed', fields, failure);
    else log.info('a call was refused', fields, failure);
  }
}
