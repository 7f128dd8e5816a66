/** What the bench asks of one of its processes. */
export type JobsAsk = { do: 'report' } | { do: 'reset' } | { do: 'stop' };

/** What a process tells the bench; times are those of the machine, in milliseconds since 1970. */
export type JobsSay =
  | { is: 'ready' }
  | { is: 'begun'; job: string }
  | { is: 'aborted'; job: string; at: number }
  | { is: 'figures'; figures: JobsFigures };

/** Counted in one process since it was last reset. */
export interface JobsFigures {
  /** Looks that took a slice and lasted at most `le` seconds; infinity travels as null. */
  claims: { le: number | null; n: number }[];
  /** Looks that ended in an error. */
  failedClaims: number;
  /** Transactions that ran again, by reason. */
  retries: Record<string, number>;
  /** Attempts at slices that did not end well. */
  failedSlices: number;
}
