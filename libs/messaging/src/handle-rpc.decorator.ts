import { applyDecorators, UseFilters } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import type { z } from 'zod';
import type { RpcContract } from '#libs/contracts';
import { CodedErrorFilter } from './coded-error.filter.js';

/** What a handler of the contract may return. */
type Answer<O extends z.ZodType> = z.input<O> | Promise<z.input<O>> | Observable<z.input<O>>;

type RpcMethodDecorator<I extends z.ZodType, O extends z.ZodType> = <
  // Parameters after the first are filled by Nest's parameter decorators, such as @Ctx().
  M extends (input: z.output<I>, ...injected: never[]) => Answer<O>,
>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<M>,
) => void;

/**
 * Answers the calls of a contract: Nest's `@MessagePattern` with validation of input and answer. Guards, interceptors,
 * pipes and filters of Nest apply; a method that uses `@Ctx()` marks its input with `@Payload()`, as everywhere in Nest. A thrown {@link CodedError} reaches the caller as it is; any other error reaches it
 * as `INTERNAL`, without its message.
 */
export function HandleRpc<I extends z.ZodType, O extends z.ZodType>(
  contract: RpcContract<I, O>,
): RpcMethodDecorator<I, O> {
  return applyDecorators(MessagePattern(contract.name, { contract }), UseFilters(CodedErrorFilter));
}
