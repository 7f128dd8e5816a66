import { Injectable } from '@nestjs/common';
import type { RetryPolicy } from './attempt.domain.js';
import { DEFAULT_MAX_LOST_LEASES } from './attempt.domain.js';
import type { JobKind, Json } from './job.types.js';
import { UnknownJobKindError } from './jobs.errors.js';

/** Any kind, whatever its types are: the registry only passes on what the kind itself has made. */
// oxlint-disable-next-line typescript/no-explicit-any -- a kind is contravariant in its parameters; unknown would refuse all
export type AnyJobKind = JobKind<any, any, any>;

const NAME = /^[a-z][a-z0-9-]{0,63}$/;
const DEFAULT_SLICE_TIMEOUT_MS = 15 * 60_000;
/** For jobs of a kind that is no longer declared. */
const FALLBACK_TTL_HOURS = 24;

/** The kinds of jobs of a service. */
@Injectable()
export class JobKinds {
  private readonly kinds = new Map<string, AnyJobKind>();

  /** @throws Error when a name is malformed or given twice: a mistake in the declaration */
  add(kind: AnyJobKind): void {
    if (!NAME.test(kind.name)) throw new Error(`a kind of job is called in lower case with dashes, not ${kind.name}`);
    if (this.kinds.has(kind.name)) throw new Error(`the kind of job ${kind.name} is declared twice`);
    if (!Number.isInteger(kind.maxAttempts) || kind.maxAttempts < 1) {
      throw new Error(`maxAttempts of ${kind.name} must be a whole number from 1`);
    }
    this.kinds.set(kind.name, kind);
  }

  find(name: string): AnyJobKind | undefined {
    return this.kinds.get(name);
  }

  /** @throws UnknownJobKindError */
  get(name: string): AnyJobKind {
    const kind = this.kinds.get(name);
    if (!kind) throw new UnknownJobKindError(name, [...this.kinds.keys()]);
    return kind;
  }

  policyOf(name: string): RetryPolicy {
    const kind = this.kinds.get(name);
    return {
      maxAttempts: kind?.maxAttempts ?? 1,
      maxLostLeases: kind?.maxLostLeases ?? DEFAULT_MAX_LOST_LEASES,
    };
  }

  ttlHoursOf(name: string): number {
    return this.kinds.get(name)?.resultTtlHours ?? FALLBACK_TTL_HOURS;
  }

  timeoutMsOf(name: string): number {
    return this.kinds.get(name)?.sliceTimeoutMs ?? DEFAULT_SLICE_TIMEOUT_MS;
  }
}

/** Longest text of parameters, checkpoints and results. */
export const MAX_JSON_BYTES = 1_048_576;

/** @throws RangeError when the value is longer than {@link MAX_JSON_BYTES} as JSON */
export function assertFits(what: string, value: Json): void {
  const bytes = Buffer.byteLength(JSON.stringify(value) ?? 'null');
  if (bytes > MAX_JSON_BYTES) throw new RangeError(`${what} has ${bytes} bytes, more than ${MAX_JSON_BYTES}`);
}
