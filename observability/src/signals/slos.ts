import { z } from 'zod';
import { DASHBOARDS } from './alerts.js';

/** Series of good events and of bad ones. */
const eventsExample = z.strictObject({ good: z.string(), bad: z.string() });
/** Labels of the histogram. */
const latencyExample = z.strictObject({ labels: z.string() });
/** A gauge, and values of it when all is well and when not. */
const timeExample = z.strictObject({ series: z.string(), good: z.number(), bad: z.number() });

const sliSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('events'), bad: z.string(), total: z.string(), example: eventsExample }),
  z.strictObject({
    kind: z.literal('latency'),
    metric: z.string(),
    matchers: z.string(),
    within: z.number().positive(),
    example: latencyExample,
  }),
  z.strictObject({ kind: z.literal('time'), bad: z.string(), example: timeExample }),
]);

export const slosSchema = z.strictObject({
  slos: z.array(
    z.strictObject({
      id: z.string().regex(/^[a-z]+(-[a-z]+)+$/),
      title: z.string(),
      promise: z.string(),
      /** Below 0.94 the fastest burn rate would ask for more errors than events. */
      objective: z.number().min(0.94).lt(1),
      by: z.array(z.string()).refine((labels) => labels.includes('service'), 'service has to be among them'),
      sli: sliSchema,
      guard: z.strictObject({ events: z.int().positive(), bad: z.int().positive() }),
      dashboard: z.enum(DASHBOARDS),
    }),
  ),
});

export type SloSignal = z.infer<typeof slosSchema>['slos'][number];

/** `http-availability` -> `HttpAvailabilityErrorBudgetBurn`. */
export function burnAlertOf({ id }: Pick<SloSignal, 'id'>): string {
  const words = id.split('-').map((word) => word[0]!.toUpperCase() + word.slice(1));
  return `${words.join('')}ErrorBudgetBurn`;
}
