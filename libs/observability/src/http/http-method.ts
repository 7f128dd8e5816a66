const KNOWN = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY']);

/** Label of any method that is not known. */
export const OTHER_METHOD = '_OTHER';

/** The method as a label value: anything outside of RFC 9110, PATCH and QUERY is `_OTHER` (OpenTelemetry HTTP conventions). */
export function methodLabel(method: string): string {
  return KNOWN.has(method) ? method : OTHER_METHOD;
}
