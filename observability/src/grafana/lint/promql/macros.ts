/** How Grafana fills in a query before Prometheus sees it. */
export interface MacroValues {
  readonly rateInterval: string;
  readonly interval: string;
  readonly range: string;
  /** Variables of the dashboard, as a regular expression. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Stand-ins with which a query can be parsed; no query contains these durations itself. */
export const PARSED_RATE_INTERVAL = '4m4s';
export const PARSED_RANGE = '7h7m';

/** `$name`, `${name}` and `${name:format}`. */
const VARIABLE = /\$(?:(\w+)|\{(\w+)(?::\w+)?\})/g;

export function fillMacros(expr: string, { rateInterval, interval, range, variables }: MacroValues): string {
  const values: Record<string, string> = {
    __rate_interval: rateInterval,
    __interval: interval,
    __range: range,
    ...variables,
  };
  return expr.replaceAll(VARIABLE, (text, plain?: string, braced?: string) => values[plain ?? braced ?? ''] ?? text);
}

/** The query with durations in place of macros; variables stay, they stand inside strings. */
export function parseable(expr: string): string {
  return fillMacros(expr, {
    rateInterval: PARSED_RATE_INTERVAL,
    interval: '4m5s',
    range: PARSED_RANGE,
    variables: {},
  });
}

/** Names of the variables a text refers to, Grafana's own left out. */
export function variablesIn(text: string): string[] {
  return [...text.matchAll(VARIABLE)]
    .map(([, plain, braced]) => plain ?? braced!)
    .filter((name) => !name.startsWith('__'));
}
