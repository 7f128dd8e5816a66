import { z } from 'zod';

/** Media type of every refusal (RFC 9457). */
export const PROBLEM_TYPE = 'application/problem+json';

export const problemSchema = z.object({
  type: z.string().describe('always about:blank: the code tells the problem apart'),
  title: z.string().describe('the name of the status'),
  status: z.int().min(400).max(599),
  detail: z.string().describe('what was wrong with this request, for people'),
  instance: z.string().describe('the path that was asked for'),
  code: z.string().describe('stable name of the problem, for programs'),
  trace_id: z.string().nullable().describe('finds the log lines of this request in every service'),
  errors: z
    .array(z.object({ where: z.string(), message: z.string(), allowed: z.string().optional() }))
    .optional()
    .describe('one entry for each bad field'),
});
export type Problem = z.infer<typeof problemSchema>;

/** A problem with the headers its answer carries. */
export interface ProblemAnswer {
  problem: Problem;
  headers: Record<string, string>;
}
