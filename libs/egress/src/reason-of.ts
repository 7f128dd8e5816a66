/** The system's or the library's code (`ECONNREFUSED`), else the class of the error. Never its text. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const cause = 'code' in error ? error.code : error.cause instanceof Error && 'code' in error.cause ? error.cause.code : undefined; // prettier-ignore
  return typeof cause === 'string' && /^[A-Z][A-Z0-9_.]{1,60}$/.test(cause) ? cause : error.name;
}
