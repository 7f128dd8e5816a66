import type { z } from 'zod';

/** A request-and-answer contract between two services. The name is also the message pattern on the wire. */
export interface RpcContract<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly type: 'rpc';
  /** `<service>.<noun>.<verb>`; the first part names the service whose queue `rpc.<service>` takes the call. */
  readonly name: string;
  readonly service: string;
  readonly input: I;
  readonly output: O;
  /** Deadline of one call in milliseconds; the handler does not run once it has passed. */
  readonly timeoutMs: number;
  /** Only an idempotent call may be repeated by the caller after a lost answer. */
  readonly idempotent: boolean;
}

/** A fact one service announces to all others. The name is the routing key on the topic exchange. */
export interface EventContract<P extends z.ZodType = z.ZodType> {
  readonly type: 'event';
  /** `<service>.<noun>.<verb in the past tense>.v<N>`. */
  readonly name: string;
  readonly service: string;
  readonly payload: P;
  /** Queues that must not miss it, as `<service>` or, for one beside the main queue, `<service>.<name>`. */
  readonly heardBy: readonly string[];
}

const RPC_NAME = /^[a-z][a-z-]*(\.[a-z][a-z-]*){2}$/;
const EVENT_NAME = /^[a-z][a-z-]*(\.[a-z][a-z-]*){2}\.v[1-9][0-9]*$/;

function serviceOf(name: string, form: RegExp): string {
  if (!form.test(name)) throw new Error(`contract name ${name} does not match ${form}`);
  return name.slice(0, name.indexOf('.'));
}

/** Declares an RPC. Throws at load time when the name is not of the agreed form. */
export function defineRpc<I extends z.ZodType, O extends z.ZodType>(options: {
  name: string;
  input: I;
  output: O;
  timeoutMs?: number;
  idempotent: boolean;
}): RpcContract<I, O> {
  return { type: 'rpc', timeoutMs: 5_000, ...options, service: serviceOf(options.name, RPC_NAME) };
}

/** Declares an event. Throws at load time when the name is not of the agreed form. */
export function defineEvent<P extends z.ZodType>(options: {
  name: string;
  payload: P;
  heardBy?: readonly string[];
}): EventContract<P> {
  return { type: 'event', heardBy: [], ...options, service: serviceOf(options.name, EVENT_NAME) };
}
