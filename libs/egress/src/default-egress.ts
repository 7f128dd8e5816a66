import { Egress, type GuardedAnswer, type GuardedRequest } from './egress.js';

let shared: Egress | undefined;

/** The guard of this process, made by the environment when it is first needed. */
export function processEgress(): Egress {
  shared ??= new Egress();
  return shared;
}

/** {@link Egress.fetch} under the rules of this process. */
export function guardedFetch(url: string | URL, request?: GuardedRequest): Promise<GuardedAnswer> {
  return processEgress().fetch(url, request);
}
