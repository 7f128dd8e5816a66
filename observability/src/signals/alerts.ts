import { z } from 'zod';

/** `page`: somebody has to act now; `ticket`: within days; `info`: nobody. */
export const SEVERITIES = ['page', 'ticket', 'info'] as const;

/** Grafana dashboards an alert may point at. */
export const DASHBOARDS = [
  'mirante-overview',
  'mirante-service',
  'mirante-messaging',
  'mirante-jobs',
  'mirante-ingest',
  'mirante-visitors',
  'mirante-mysql',
  'mirante-runtime',
  'mirante-telemetry',
] as const;

/** A duration as Prometheus writes it, such as `5m` or `13m30s`. */
const durationSchema = z.string().regex(/^(\d+(ms|s|m|h|d))+$/);

const seriesSchema = z.strictObject({
  series: z.string(),
  values: z
    .union([z.string(), z.number()])
    .transform(String)
    // promtool takes 0x4 for a hexadecimal 4, not for zeros.
    .refine((text) => !/(^| )0x/.test(text), 'write zeros as 0+0x4'),
});

const testSchema = z.strictObject({
  /** Exactly one alert with these labels at `at`, none any more at `clears`. */
  fires: z.strictObject({
    given: z.array(seriesSchema),
    at: durationSchema,
    labels: z.record(z.string(), z.string()),
    /** What the templates of the alert make of its value. */
    value: z.string().optional(),
    clears: durationSchema.optional(),
  }),
  quiet: z.strictObject({ given: z.array(seriesSchema), at: z.array(durationSchema).min(1) }).optional(),
});

const alertSchema = z
  .strictObject({
    name: z.string().regex(/^([A-Z][a-z0-9]+)+$/),
    group: z.string().regex(/^[a-z]+$/),
    expr: z.string(),
    for: durationSchema.optional(),
    keep_firing_for: durationSchema.optional(),
    severity: z.enum(SEVERITIES),
    /** What it is about, where the expression keeps no label `service`. */
    service: z.string().optional(),
    dashboard: z.enum(DASHBOARDS),
    /** Fires as long as everything works. */
    always: z.literal(true).optional(),
    summary: z.string().min(6),
    description: z.string().min(20),
    test: testSchema,
  })
  .refine(({ always, test }) => always || (test.quiet !== undefined && test.fires.clears !== undefined), {
    error: 'an alert needs a case in which it fires and clears, and one in which it stays quiet',
    path: ['test'],
  });

export const alertsSchema = z
  .strictObject({ alerts: z.array(alertSchema) })
  .refine(({ alerts }) => new Set(alerts.map(({ name }) => name)).size === alerts.length, {
    error: 'a name is used twice',
  });

export type AlertSignal = z.infer<typeof alertSchema>;

/** `MysqlDown` -> `mysql-down`: name of its page in docs/runbooks. */
export function runbookOf(alert: string): string {
  return alert.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}
