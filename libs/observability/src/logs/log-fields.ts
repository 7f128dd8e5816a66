/**
 * What goes beside the message of a log line. The named objects are ECS fields (see `ecs-fields.ts` for all of them);
 * anything else ends up under `labels`, flattened: `{ job: { id: 7 } }` becomes `labels.job_id`.
 */
export interface LogFields {
  event?: {
    action?: string;
    /** `success`, `failure` or `unknown`: the three words ECS knows. */
    outcome?: string;
    /** Nanoseconds, as ECS wants it. */
    duration?: number;
    [key: string]: unknown;
  };
  labels?: Record<string, unknown>;
  /** An `Error`, or anything else that was thrown. */
  error?: unknown;
  [key: string]: unknown;
}
