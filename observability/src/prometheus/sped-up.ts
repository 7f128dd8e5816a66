import type { Rule, RuleGroup } from './rule-file.js';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = '(?:\\d+(?:ms|[smhd]))+';
const IN_EXPRESSIONS = new RegExp(`(?<=\\[|\\boffset )${DURATION}`, 'g');

/**
 * The same rules for a world in which everything goes faster: windows, waiting times and intervals are a fraction of what
 * they are, expressions and thresholds stay. For tests, which cannot wait for an hour.
 *
 * @param factor how many times faster
 */
export function spedUp(groups: readonly RuleGroup[], factor: number): RuleGroup[] {
  const shorter = (duration: string) => `${Math.max(1, Math.round(millisecondsOf(duration) / factor))}ms`;
  return groups.map(({ name, interval, rules }) => ({
    name,
    ...(interval !== undefined && { interval: shorter(interval) }),
    rules: rules.map((rule): Rule => ({
      ...rule,
      expr: rule.expr.replace(IN_EXPRESSIONS, shorter),
      ...(rule.for !== undefined && { for: shorter(rule.for) }),
      ...(rule.keep_firing_for !== undefined && { keep_firing_for: shorter(rule.keep_firing_for) }),
    })),
  }));
}

/** Of a duration as Prometheus writes it: `1h30m`. */
function millisecondsOf(duration: string): number {
  return [...duration.matchAll(/(\d+)(ms|[smhd])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNITS[unit!]!,
    0,
  );
}
