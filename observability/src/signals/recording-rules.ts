import { z } from 'zod';

export const recordingRulesSchema = z.strictObject({
  rules: z.array(
    z.strictObject({
      record: z.string().regex(/^[a-z]+:[a-z0-9_]+:[a-z0-9_]+$/),
      expr: z.string(),
      help: z.string().min(6),
    }),
  ),
  increases: z.array(z.strictObject({ metric: z.string(), by: z.array(z.string()) })),
});

export type RecordingRules = z.infer<typeof recordingRulesSchema>;
export type IncreaseRule = RecordingRules['increases'][number];

/** Series that tells what a counter grew by in 5 minutes. */
export function increaseOf({ metric }: IncreaseRule): string {
  return `service:${metric.replace(/_total$/, '')}:increase5m`;
}
