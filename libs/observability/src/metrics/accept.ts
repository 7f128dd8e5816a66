export type Exposition = 'text' | 'openmetrics';

const OPENMETRICS_VERSIONS = new Set(['0.0.1', '1.0.0']);

/**
 * Chooses the form of `/metrics` by the `Accept` header (RFC 9110, section 12.5.1): OpenMetrics only when it is named, in a
 * version that we write, and not liked less than plain text. Everything else gets the plain text form.
 */
export function chooseExposition(accept: string | undefined): Exposition {
  let openMetrics = 0;
  let text = 0;
  for (const range of (accept ?? '').slice(0, 2000).split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const values = new Map(parameters.map((parameter) => parameter.split('=', 2) as [string, string]));
    const quality = Number(values.get('q') ?? 1);
    if (!(quality > 0 && quality <= 1)) continue;
    if (type === 'application/openmetrics-text' && OPENMETRICS_VERSIONS.has(values.get('version') ?? '1.0.0')) {
      openMetrics = Math.max(openMetrics, quality);
    } else if (type === 'text/plain') {
      text = Math.max(text, quality);
    }
  }
  return openMetrics > 0 && openMetrics >= text ? 'openmetrics' : 'text';
}
