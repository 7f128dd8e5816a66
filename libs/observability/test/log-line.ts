type Fields = Record<string, unknown>;

/** A parsed log line, as far as the tests look into it. */
export interface LogLine extends Record<string, unknown> {
  message: string;
  'log.logger': string;
  'trace.id'?: string;
  event: Fields;
  labels?: Fields;
  error?: Fields;
  url?: Fields;
}

export function parseLine(text: string): LogLine {
  return JSON.parse(text) as LogLine;
}
