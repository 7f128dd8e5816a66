/** A rule as a rule file of Prometheus has it. */
export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface RuleGroup {
  readonly name: string;
  /** Time between two evaluations; left out: as often as the server does it. */
  readonly interval?: string;
  readonly rules: readonly Rule[];
}

export const RULES = 'observability/prometheus/rules';
export const TESTS = 'observability/prometheus/tests';
