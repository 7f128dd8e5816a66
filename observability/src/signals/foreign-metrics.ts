import { z } from 'zod';
import { METRIC_TYPES } from './metrics.js';

/** A metric of a program that is not ours, as far as rules and panels use it. */
const foreignMetricSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9_]*$/),
    /** What it is, not what its exporter says: that of MySQL calls everything untyped. */
    type: z.enum(METRIC_TYPES),
    labels: z.array(z.string()),
    /** Some of the values of labels. */
    examples: z.record(z.string(), z.array(z.string()).min(1)).optional(),
    help: z.string().min(6),
  })
  .refine(({ labels, examples }) => Object.keys(examples ?? {}).every((label) => labels.includes(label)), {
    error: 'there are values of a label it does not have',
    path: ['examples'],
  });

export const foreignMetricsSchema = z.strictObject({
  /** By scrape job. */
  jobs: z.record(z.string(), z.array(foreignMetricSchema).min(1)),
});

export type ForeignMetric = z.infer<typeof foreignMetricSchema> & { readonly job: string };

export function foreignMetricsOf({ jobs }: z.infer<typeof foreignMetricsSchema>): ForeignMetric[] {
  return Object.entries(jobs).flatMap(([job, metrics]) => metrics.map((metric) => ({ ...metric, job })));
}
