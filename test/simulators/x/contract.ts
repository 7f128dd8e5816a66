import type { XFault, XFaults } from './faults.js';
import type { XBill, XLedger } from './ledger.js';
import type { XEndpoint, XLimits, XWindow } from './limits.js';
import type { XRules } from './rules.js';
import type { XSearchRules } from './search.js';
import type { XStreamBehaviour, XStreams } from './stream.js';
import type { XTimeline, XTimelineOptions } from './timeline.js';
import type { XTruth } from './truth.js';
import type { XWorld } from './world.js';

export interface XSimulatorOptions {
  /** Address to listen on; 127.0.0.1 by default. */
  host?: string;
  /** 0, the default, is any free port of 127.0.0.1. */
  port?: number;
  seed?: number;
  bearer?: string;
  /** Milliseconds since the epoch; the real clock when left out. */
  now?: () => number;
  /** Whether users in `includes` are charged: X does not say. */
  usersBilled?: boolean;
  search?: Partial<XSearchRules>;
  limits?: Partial<Record<XEndpoint, XWindow>>;
  stream?: Partial<XStreamBehaviour>;
  timeline?: Partial<XTimelineOptions>;
  /** See XWorldOptions. */
  indexLagMs?: number;
  keepPosts?: number;
  /** Monthly cap told by `usage`. */
  usage?: { cap: number; resetDay: number };
}

/** A stand-in for the X API that makes its own world up and can be told to fail in every way X is known to. */
export interface XSimulator {
  /** Without `/2`, like `https://api.x.com`. */
  readonly url: string;
  readonly bearer: string;
  readonly seed: number;
  readonly world: XWorld;
  readonly timeline: XTimeline;
  readonly stream: XStreams;
  readonly limits: XLimits;
  readonly faults: XFaults;
  readonly rules: XRules;
  readonly ledger: XLedger;
  /** Requests answered so far, by endpoint and status. */
  readonly requests: Record<string, number>;
  fail(next: XFault | readonly XFault[]): void;
  /** What X would charge, over all days or for one (`YYYY-MM-DD`). */
  bill(day?: string): XBill;
  /** What a complete capture of a tag, or of any query, holds now. */
  truth(tagOrQuery: string): XTruth;
  close(): Promise<void>;
}

/** What answers need of the simulator. */
export type XBackend = Omit<XSimulator, 'url' | 'close'>;
