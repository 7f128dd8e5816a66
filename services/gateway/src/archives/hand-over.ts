import type { z } from 'zod';
import type { RpcContract } from '#libs/contracts';
import { backoffMs, CodedError, sleep } from '#libs/kernel';
import type { RpcClient } from '#libs/messaging';

const ATTEMPTS = 4;

/**
 * Tells a service of a stored file. Only for calls that may be repeated: after a lost answer asking again is better than
 * making the client upload again.
 */
export async function handOver<I extends z.ZodType, O extends z.ZodType>(
  rpc: RpcClient,
  contract: RpcContract<I, O>,
  input: z.input<I>,
): Promise<z.output<O>> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await rpc.call(contract, input);
    } catch (error) {
      const passing = error instanceof CodedError && (error.kind === 'unavailable' || error.kind === 'timeout');
      if (!passing || attempt + 1 >= ATTEMPTS) throw error;
      await sleep(500 + backoffMs(attempt, 500, 4_000));
    }
  }
}
