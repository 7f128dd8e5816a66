import { z } from 'zod';
import { instantSchema } from '#libs/contracts';
import { systemSchema } from '../system/system.schema.js';

/** How far back charts go, in seconds. */
export const RANGES = { '15m': 900, '1h': 3_600, '6h': 21_600, '24h': 86_400 } as const;
export type Range = keyof typeof RANGES;
export const RANGE_NAMES = Object.keys(RANGES) as [Range, ...Range[]];

/** Values of a chart, oldest first; null where Prometheus has none. */
const seriesSchema = z.array(z.number().nullable());
export type Series = z.infer<typeof seriesSchema>;

const flowSchema = z.object({
  service: z.string(),
  kind: z.enum(['http', 'rpc', 'event']).describe('requests from outside, calls, or messages'),
  rate: seriesSchema.describe('per second'),
  errors: seriesSchema.describe('per second; those that are our fault'),
  p95: seriesSchema.describe('seconds'),
});
export type Flow = z.infer<typeof flowSchema>;

const queueSchema = z.object({
  queue: z.string(),
  ready: seriesSchema.describe('messages that wait'),
  unacked: z.number().nullable().describe('messages in the hands of consumers'),
  consumers: z.number().nullable(),
});
export type Queue = z.infer<typeof queueSchema>;

const gaugeSchema = z.object({
  name: z.string(),
  of: z.string().describe('which of them: a service, a class of jobs, a source'),
  unit: z.enum(['seconds', 'bytes', 'none']),
  values: seriesSchema,
});
export type Gauge = z.infer<typeof gaugeSchema>;

const loggedSchema = z.object({
  at: instantSchema,
  level: z.string(),
  service: z.string(),
  logger: z.string().nullable(),
  message: z.string(),
  error: z.string().nullable().describe('type and message of the error'),
  trace_id: z.string().nullable(),
});
export type Logged = z.infer<typeof loggedSchema>;

export const opsSchema = z.object({
  checked_at: instantSchema,
  range: z.enum(RANGE_NAMES),
  from: instantSchema.describe('time of the first value of each series'),
  step_seconds: z.int(),
  services: systemSchema.shape.services,
  alerts: systemSchema.shape.alerts,
  metrics: z
    .object({
      reachable: z.boolean().describe('false: Prometheus does not answer, and there are no figures'),
      flows: z.array(flowSchema),
      queues: z.array(queueSchema),
      gauges: z.array(gaugeSchema),
    })
    .nullable()
    .describe('null when no Prometheus is configured'),
  logged: z
    .array(loggedSchema)
    .nullable()
    .describe('newest warnings and errors of all services; null when logs are not files here'),
});
export type OpsState = z.infer<typeof opsSchema>;
