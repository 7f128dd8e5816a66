import { pick } from '../common/random.js';
import type { XEndpoint } from './limits.js';

/** Everything X is known to answer instead of what it was asked for. */
export const X_FAULTS = [
  'invalid-request',
  'unauthorized',
  'credits',
  'forbidden',
  'not-found',
  'no-rules',
  'rate-window',
  'rate-second',
  'usage-cap',
  'too-many-connections',
  'bare-429',
  'partial-errors',
  'errors-only',
  'empty',
  'unavailable-html',
  'unavailable-json',
  'unavailable-mislabelled',
  'reset',
  'half',
  'slow-body',
  'latency',
  'html',
  'malformed',
] as const;
export type XFaultName = (typeof X_FAULTS)[number];

export interface XFault {
  fault: XFaultName;
  /** Any when it is left out. */
  endpoint?: XEndpoint;
  /** Only requests whose query, decoded, has this in it. */
  containing?: string;
  /** Lets this many requests it could meet pass before the first one it meets, and between those. */
  after?: number;
  /** How many requests it meets; 1 when left out. */
  times?: number;
  /** Meets each request with this probability instead of the next ones. */
  chance?: number;
  /** Of `rate-window`: how soon the window ends. */
  resetInMs?: number;
  /** Of `latency` and `slow-body`. */
  ms?: number;
}

/** Faults to come, in the order they were asked for, and what has become of them. */
export class XFaults {
  readonly met: Partial<Record<XFaultName, number>> = {};
  private pending: XFault[] = [];
  private readonly passed = new WeakMap<XFault, number>();

  constructor(private readonly random: () => number) {}

  add(faults: XFault | readonly XFault[]): void {
    this.pending.push(...[faults].flat().map((fault) => ({ ...fault })));
  }

  clear(): void {
    this.pending = [];
  }

  get waiting(): readonly XFault[] {
    return this.pending;
  }

  take(endpoint: XEndpoint, query: string): XFault | null {
    const fault = this.pending.find(
      (one) =>
        (one.endpoint === undefined || one.endpoint === endpoint) &&
        (one.containing === undefined || query.includes(one.containing)) &&
        (one.chance === undefined || this.random() < one.chance),
    );
    if (!fault) return null;
    const passed = this.passed.get(fault) ?? 0;
    if (passed < (fault.after ?? 0)) {
      this.passed.set(fault, passed + 1);
      return null;
    }
    this.passed.delete(fault);
    if (fault.chance === undefined || fault.times !== undefined) {
      fault.times = (fault.times ?? 1) - 1;
      if (fault.times <= 0) this.pending = this.pending.filter((one) => one !== fault);
    }
    this.met[fault.fault] = (this.met[fault.fault] ?? 0) + 1;
    return fault;
  }
}

/** A body no reader can take for the answer it was made from. */
export function malformed(body: Buffer, random: () => number): Buffer {
  const text = body.toString('utf8');
  const broken: readonly (() => Buffer)[] = [
    () => body.subarray(0, Math.max(1, Math.floor(random() * (body.length - 1)))),
    () => Buffer.alloc(0),
    () => Buffer.from('[]'),
    () => Buffer.from('null'),
    () => Buffer.from('{}'),
    () => Buffer.from('"ok"'),
    () => Buffer.from('{"data":"none","meta":"none"}'),
    () => Buffer.from(`${'{"data":'.repeat(20_000)}1${'}'.repeat(20_000)}`),
    () => Buffer.concat([body.subarray(0, body.length - 1), Buffer.from(',NaN}')]),
    () => withBrokenText(body, text),
    () => Buffer.concat([Buffer.from([0, 0, 0]), body]),
  ];
  return pick(random, broken)();
}

/** Bytes that are no UTF-8 inside a string: a lenient decoder would make U+FFFD of them and store it. */
function withBrokenText(body: Buffer, text: string): Buffer {
  const at = text.indexOf('"text":"');
  if (at === -1) return Buffer.from([0xff, 0xfe, ...body.subarray(0, 10)]);
  const copy = Buffer.from(body);
  copy[Buffer.byteLength(text.slice(0, at + 8))] = 0xff;
  return copy;
}
