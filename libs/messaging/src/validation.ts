import type { z } from 'zod';

export interface FieldProblem {
  path: string;
  message: string;
}

const MAX_PROBLEMS = 20;

/** Each bad field of a failed parse, the first 20 of them. */
export function fieldProblems(error: z.ZodError): FieldProblem[] {
  return error.issues
    .slice(0, MAX_PROBLEMS)
    .map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message }));
}
