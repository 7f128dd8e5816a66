import type { Task } from '#libs/contracts';

export const TASK_TOKEN = '7d3f0c1e6a544c3e9d2b0c8f3e6a1b42';

const shared = {
  position: null,
  estimated_start_at: null,
  attempts: 1,
  received_at: '2026-03-01T09:00:00.000Z',
  started_at: '2026-03-01T09:00:00.031Z',
  expires_at: '2026-03-02T09:00:00.240Z',
} as const;

/** A shuffled image of 532 x 800 pixels. */
export const RANDOMIZE_EXAMPLE: Task = {
  token: TASK_TOKEN,
  kind: 'randomize',
  status: 'finished',
  params: { mode: 'blocks', block: 60, seed: TASK_TOKEN },
  result: { format: 'png', width: 532, height: 800, bytes: 612_348 },
  progress: {
    bytes: { done: 590_112, total: 590_112 },
    units: { done: 0, total: 0 },
    slices: { done: 1, total: 1 },
  },
  timings: { queue_ms: 6.1, exec_ms: 171.4, lead_ms: 240.2 },
  finished_at: '2026-03-01T09:00:00.240Z',
  ...shared,
};

/** What is answered about a file of numbers. */
export const SUM_EXAMPLE = {
  sum: '25274434718264482',
  count: 101_124_016,
  even_count: 50_563_112,
  malformed: 1,
  first_malformed: [{ offset: 17, text: '3.14' }],
  bytes: 1_000_000_000,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  exec_ms: 361.2,
  lead_ms: 402.8,
};

export const SUM_TASK_EXAMPLE: Task = {
  token: TASK_TOKEN,
  kind: 'sum-even',
  status: 'received',
  params: { strict: false },
  result: null,
  progress: {
    bytes: { done: 671_088_640, total: 1_000_000_000 },
    units: { done: 0, total: 0 },
    slices: { done: 10, total: 15 },
  },
  timings: { queue_ms: 4.2, exec_ms: 240.9, lead_ms: null },
  finished_at: null,
  ...shared,
  expires_at: null,
};

export const UPLOADED_NUMBERS = '1\n2\n3\n4\n-6\n';
