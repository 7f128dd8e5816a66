/** What one line of a panel is drawn from. `$service`, `$instance` and their like are variables of the dashboard. */
export interface QuerySpec {
  readonly expr: string;
  /** Name of each series, with `{{label}}` for the value of a label. */
  readonly legend: string;
  /** Dots of single requests over the line; each leads to the log lines of its trace. */
  readonly exemplars?: true;
}

/** From `value` upwards the figure has this colour; below the first one it is green. */
export interface ThresholdSpec {
  readonly value: number;
  readonly colour: 'green' | 'yellow' | 'orange' | 'red';
}

export interface PanelSpec {
  readonly kind: 'timeseries' | 'stat' | 'table' | 'bargauge';
  readonly title: string;
  /** For whoever looks at it at night: what it shows, and when that is bad. */
  readonly description: string;
  /** A unit of Grafana, from `@grafana/grafana-foundation-sdk/units`. */
  readonly unit: string;
  /** Of 24 columns. */
  readonly width: number;
  readonly queries: readonly QuerySpec[];
  /** Alerts whose runbooks tell what to do when this panel looks bad. */
  readonly alerts?: readonly string[];
  /** Another dashboard that tells more, opened from a series for what its labels name. */
  readonly drillDown?: DrillDownSpec;
  readonly thresholds?: readonly ThresholdSpec[];
  readonly stacked?: true;
  readonly min?: number;
  readonly max?: number;
  readonly decimals?: number;
}

export interface DrillDownSpec {
  readonly title: string;
  readonly dashboard: string;
  /** Variables of that dashboard, and the labels of the series they get their values from. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface RowSpec {
  readonly title: string;
  readonly height: number;
  readonly panels: readonly PanelSpec[];
}

/** A choice at the top of a dashboard: the values a label has in the series of a selector. */
export interface VariableSpec {
  readonly name: string;
  readonly label: string;
  readonly selector: string;
  readonly of: string;
}

export interface DashboardSpec {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly variables: readonly VariableSpec[];
  readonly rows: readonly RowSpec[];
}
