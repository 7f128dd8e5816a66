import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { RpcContract } from '#libs/contracts';
import { sleep } from '#libs/kernel';
import { childContext, createLogger, rpcClientDuration, runInContext } from '#libs/observability';
import { AmqpClient } from './amqp-client.js';
import { currentDeadline } from './deadline.js';
import { RpcBrokerLostError, RpcInvalidOutputError, RpcTimeoutError } from './messaging.errors.js';
import { errorToWire, outcomeOf } from './rpc-errors.js';
import { fieldProblems } from './validation.js';

const log = createLogger('RpcClient');

/** Longest wait for a lost connection to come back before the one repetition of an idempotent call. */
const RECOVERY_WAIT_MS = 1_000;

/** Limits of one call. */
export interface CallOptions {
  /** Deadline in milliseconds; the contract's own by default. A shorter deadline of the call being answered wins. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** Calls other services by contract. */
@Injectable()
export class RpcClient {
  constructor(
    private readonly client: AmqpClient,
    private readonly options: { validateAnswers: boolean },
  ) {}

  /**
   * @throws CodedError the error the handler threw, or `RPC.TIMEOUT`, `RPC.UNAVAILABLE`, `RPC.BROKER_LOST`,
   * `RPC.OVERLOADED`, `RPC.UNROUTABLE`, `RPC.ABORTED`. An idempotent call is repeated once after a lost connection.
   */
  async call<I extends z.ZodType, O extends z.ZodType>(
    contract: RpcContract<I, O>,
    input: z.input<I>,
    options: CallOptions = {},
  ): Promise<z.output<O>> {
    const deadline = Math.min(Date.now() + (options.timeoutMs ?? contract.timeoutMs), currentDeadline() ?? Infinity);
    const started = performance.now();
    let failure: unknown;
    return runInContext(childContext(), async () => {
      try {
        return this.checked(contract, await this.send(contract, input, deadline, options.signal));
      } catch (error) {
        failure = error;
        throw error;
      } finally {
        this.observe(contract.name, failure, performance.now() - started);
      }
    });
  }

  private async send(contract: RpcContract, input: unknown, deadline: number, signal?: AbortSignal): Promise<unknown> {
    const attempt = () => {
      const timeoutMs = deadline - Date.now();
      if (timeoutMs <= 0) throw new RpcTimeoutError(contract.name, 0);
      return this.client.request(contract.name, input, { timeoutMs, ...(signal && { signal }) });
    };
    try {
      return await attempt();
    } catch (error) {
      if (!contract.idempotent || !(error instanceof RpcBrokerLostError) || signal?.aborted) throw error;
      const giveUp = Math.min(deadline, Date.now() + RECOVERY_WAIT_MS);
      while (!this.client.isUsable && Date.now() < giveUp) await sleep(20);
      if (!this.client.isUsable) throw error;
      return attempt();
    }
  }

  private checked<O extends z.ZodType>(contract: RpcContract<z.ZodType, O>, answer: unknown): z.output<O> {
    if (!this.options.validateAnswers) return answer as z.output<O>;
    const parsed = contract.output.safeParse(answer);
    if (!parsed.success) throw new RpcInvalidOutputError(contract.name, fieldProblems(parsed.error));
    return parsed.data;
  }

  private observe(name: string, failure: unknown, durationMs: number): void {
    const error = failure === undefined ? undefined : errorToWire(failure);
    const outcome = outcomeOf(error?.kind);
    rpcClientDuration.observe({ rpc_method: name, outcome }, durationMs / 1_000);
    log.debug('call answered', {
      event: { action: 'rpc.call', outcome: error ? 'failure' : 'success', duration: durationMs * 1e6 },
      labels: { rpc_method: name, code: error?.code ?? 'ok' },
    });
  }
}
