/** An import as it is asked for. */
export interface NewImport {
  id: string;
  tenant: string;
  tag: string | null;
  blob: string;
  bytes: number;
  traceparent: string;
  requestId: string;
}

/** An import a worker holds the lease of. */
export interface ClaimedImport {
  id: string;
  blob: string;
  tag: string | null;
  nextRecord: number;
  /** Bad lines counted so far. */
  invalid: number;
  attempts: number;
  fence: number;
  traceparent: string;
  requestId: string;
  createdAt: Date;
}

export interface ImportError {
  line: number;
  reason: string;
}

/** What one stored batch adds. */
export interface Progress {
  nextRecord: number;
  lines: number;
  format: string | null;
  new: number;
  duplicate: number;
  errors: ImportError[];
  events: number;
}

/** A row as the database gives it. */
export interface ImportRow {
  id: string;
  state: string;
  tag: string | null;
  blob_ref: string;
  format: string | null;
  bytes: number;
  lines_read: number;
  posts_new: number;
  posts_duplicate: number;
  posts_invalid: number;
  reason: string | null;
  created_at: Date;
  finished_at: Date | null;
}
