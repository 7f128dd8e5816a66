import type { XFault } from '../simulators/index.js';

/** Faults after which a capture goes on by itself. Each meets the next search but one, so that no wait grows long. */
export const PASSING: readonly XFault[] = [
  { fault: 'rate-window', resetInMs: 1_000 },
  { fault: 'rate-second' },
  { fault: 'bare-429' },
  { fault: 'partial-errors' },
  { fault: 'errors-only' },
  { fault: 'not-found' },
  { fault: 'unavailable-html' },
  { fault: 'unavailable-json' },
  { fault: 'unavailable-mislabelled' },
  { fault: 'reset' },
  { fault: 'half' },
  { fault: 'slow-body', ms: 300 },
  { fault: 'latency', ms: 300 },
  { fault: 'html' },
  { fault: 'malformed', times: 3 },
];

/** Faults an operator has to deal with, and what the capture says about them. */
export const HALTING = [
  ['unauthorized', 'auth'],
  ['credits', 'credits'],
  ['forbidden', 'forbidden'],
  ['usage-cap', 'usage-cap'],
] as const;
