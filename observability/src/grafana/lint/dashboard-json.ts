/** What the rules read of Grafana's classic dashboards. */
export interface DashboardJson {
  readonly uid: string;
  readonly title: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly editable?: boolean;
  readonly refresh?: string;
  readonly schemaVersion?: number;
  readonly templating?: { readonly list?: readonly VariableJson[] };
  readonly links?: readonly LinkJson[];
  readonly panels?: readonly PanelJson[];
}

export interface VariableJson {
  readonly name: string;
  readonly type: string;
  readonly label?: string;
  readonly query?: string | { readonly query: string };
  readonly refresh?: number;
  readonly multi?: boolean;
  readonly includeAll?: boolean;
  readonly allValue?: string;
  readonly datasource?: { readonly uid?: string };
}

export interface LinkJson {
  readonly title?: string;
  readonly type?: string;
  readonly url?: string;
  readonly tags?: readonly string[];
}

export interface PanelJson {
  readonly id?: number;
  readonly type: string;
  readonly title?: string;
  readonly description?: string;
  readonly datasource?: { readonly type?: string; readonly uid?: string };
  readonly gridPos?: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly TargetJson[];
  readonly links?: readonly LinkJson[];
  readonly options?: { readonly legend?: { readonly showLegend?: boolean } };
  readonly fieldConfig?: { readonly defaults?: { readonly unit?: string; readonly links?: readonly LinkJson[] } };
}

export interface TargetJson {
  readonly refId?: string;
  readonly expr?: string;
  readonly legendFormat?: string;
  readonly exemplar?: boolean;
  readonly instant?: boolean;
  readonly range?: boolean;
  readonly format?: string;
  readonly datasource?: { readonly type?: string; readonly uid?: string };
}

/** Panels that show data; rows only part them. */
export function dataPanels({ panels = [] }: DashboardJson): readonly PanelJson[] {
  return panels.filter(({ type }) => type !== 'row' && type !== 'text');
}

export interface PlacedTarget {
  readonly panel: PanelJson;
  readonly target: TargetJson;
  readonly expr: string;
}

/** Every query of a dashboard with the panel it is drawn in. */
export function targetsOf(dashboard: DashboardJson): readonly PlacedTarget[] {
  return dataPanels(dashboard).flatMap((panel) =>
    (panel.targets ?? []).map((target) => ({ panel, target, expr: target.expr ?? '' })),
  );
}

export function variablesOf({ templating }: DashboardJson): readonly VariableJson[] {
  return templating?.list ?? [];
}

export function queryOf({ query }: VariableJson): string {
  return typeof query === 'string' ? query : (query?.query ?? '');
}
