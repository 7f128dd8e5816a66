import { z } from 'zod';

export const METRIC_TYPES = ['counter', 'gauge', 'histogram', 'summary'] as const;
export const UNITS = ['seconds', 'bytes', 'ratio', 'messages', 'info', 'none'] as const;

const labelValuesSchema = z.record(z.string(), z.array(z.string()).min(1));

const metricSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9_]*$/),
    type: z.enum(METRIC_TYPES),
    unit: z.enum(UNITS),
    labels: z.array(z.string()),
    /** All values labels can have, where that is known. */
    values: labelValuesSchema.optional(),
    /** Some of the values of labels that can have others. */
    examples: labelValuesSchema.optional(),
    /** Upper bounds of a histogram, without +Inf. */
    buckets: z.array(z.number()).min(1).optional(),
    /** A histogram is observed where no trace is: in a loop that looks for work. */
    exemplars: z.literal(false).optional(),
    help: z.string().min(6),
    owner: z.string(),
    /** Why it may have no series though everything is in use. */
    seldom: z.string().min(6).optional(),
  })
  .refine(({ type, buckets }) => (type === 'histogram') === (buckets !== undefined), {
    error: 'histograms, and only they, have buckets',
    path: ['buckets'],
  })
  .refine(
    ({ labels, values, examples }) => Object.keys({ ...values, ...examples }).every((of) => labels.includes(of)),
    {
      error: 'there are values of a label it does not have',
      path: ['values'],
    },
  );

export const metricsSchema = z.strictObject({ metrics: z.array(metricSchema) });

export type MetricSignal = z.infer<typeof metricsSchema>['metrics'][number];
