import { z } from 'zod';

export const METRIC_TYPES = ['counter', 'gauge', 'histogram', 'summary'] as const;
export const UNITS = ['seconds', 'bytes', 'ratio', 'messages', 'info', 'none'] as const;

export const metricsSchema = z.strictObject({
  metrics: z.array(
    z.strictObject({
      name: z.string().regex(/^[a-z][a-z0-9_]*$/),
      type: z.enum(METRIC_TYPES),
      unit: z.enum(UNITS),
      labels: z.array(z.string()),
      help: z.string().min(6),
      owner: z.string(),
    }),
  ),
});

export type MetricSignal = z.infer<typeof metricsSchema>['metrics'][number];
