import { z } from 'zod';
import { instantSchema, serviceDescriptionSchema, VISITOR_DEFINITION } from '#libs/contracts';

const buildSchema = z.object({
  name: z.string(),
  version: z.string(),
  commit: z.string().describe('"unknown" outside a build that says so'),
  built_at: instantSchema.nullable().describe('null outside a build that says so'),
  node: z.string(),
});
export type Build = z.infer<typeof buildSchema>;

const figures = { unique: z.int(), hits: z.int() };

export const versionSchema = buildSchema.extend({
  visitors: z.object({
    today: z.object({ ...figures, exact: z.literal(true) }).nullable(),
    month: z
      .object({ ...figures, exact: z.boolean(), error_pct: z.number().optional() })
      .nullable()
      .describe('the calendar month so far, UTC'),
    definition: z.literal(VISITOR_DEFINITION),
  }),
});
export type Version = z.infer<typeof versionSchema>;

export const serviceStateSchema = z.object({
  service: z.string(),
  status: z.enum(['up', 'degraded', 'down']).describe('degraded: it answers, but says it is not ready'),
  reason: z.string().nullable().describe('code of the error when it is down'),
  description: serviceDescriptionSchema.nullable(),
});
export type ServiceState = z.infer<typeof serviceStateSchema>;

export const alertSchema = z.object({
  name: z.string(),
  severity: z.string().nullable(),
  service: z.string().nullable(),
  since: instantSchema,
  summary: z.string().nullable(),
  description: z.string().nullable(),
});

export const targetSchema = z.object({
  job: z.string(),
  instance: z.string(),
  health: z.enum(['up', 'down', 'unknown']),
  last_scrape_at: instantSchema,
});

/** What a monitoring server says; `reachable: false` and no items when it does not answer. */
function watched<T extends z.ZodType>(item: T) {
  return z.object({ reachable: z.boolean(), items: z.array(item) }).nullable();
}

export const systemSchema = z.object({
  status: z.enum(['up', 'degraded']).describe('up when every service is up'),
  gateway: buildSchema.extend({ started_at: instantSchema }),
  services: z.array(serviceStateSchema),
  alerts: watched(alertSchema).describe('alerts firing now; null when no Alertmanager is configured'),
  targets: watched(targetSchema).describe('what Prometheus scrapes; null when none is configured'),
  checked_at: instantSchema,
});
export type SystemState = z.infer<typeof systemSchema>;
