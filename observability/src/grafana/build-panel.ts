import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import {
  BarGaugeDisplayMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type DashboardLink,
  type Panel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import { DATASOURCE } from './build-variables.js';
import { macro, runbookUrl } from './model/addresses.js';
import type { DrillDownSpec, PanelSpec, QuerySpec } from './model/dashboard-spec.js';

/** The SDK leaves out ids, names of queries, legends and null values; what is drawn without them is no use. */
export function buildPanel(spec: PanelSpec): Builder<Panel> {
  const panel = KINDS[spec.kind](spec)
    .title(spec.title)
    .description(spec.description)
    .datasource(DATASOURCE)
    .unit(spec.unit)
    .noValue('none')
    .targets(spec.queries.map((query, index) => target(query, spec.kind, index)))
    .links((spec.alerts ?? []).map(runbookLink));
  if (spec.drillDown) panel.dataLinks([drillDownLink(spec.drillDown)]);
  if (spec.min !== undefined) panel.min(spec.min);
  if (spec.max !== undefined) panel.max(spec.max);
  if (spec.decimals !== undefined) panel.decimals(spec.decimals);
  const steps = (spec.thresholds ?? []).map(({ value, colour }) => ({ value, color: colour }));
  panel.thresholds(
    new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([{ value: null, color: 'green' }, ...steps]),
  );
  return panel;
}

/** What every kind of panel offers; they share no supertype in the SDK. */
interface CommonPanel extends Builder<Panel> {
  title(text: string): this;
  description(text: string): this;
  datasource(ref: typeof DATASOURCE): this;
  unit(unit: string): this;
  noValue(text: string): this;
  targets(targets: Builder<Dataquery>[]): this;
  links(links: Builder<DashboardLink>[]): this;
  dataLinks(links: Builder<DashboardLink>[]): this;
  min(value: number): this;
  max(value: number): this;
  decimals(value: number): this;
  thresholds(thresholds: ThresholdsConfigBuilder): this;
}

const KINDS: Record<PanelSpec['kind'], (spec: PanelSpec) => CommonPanel> = {
  timeseries: ({ stacked }) => {
    const chart = new timeseries.PanelBuilder()
      .lineWidth(1)
      .fillOpacity(stacked ? 40 : 10)
      .showPoints(VisibilityMode.Never)
      .axisSoftMin(0)
      .legend(
        new VizLegendOptionsBuilder()
          .displayMode(LegendDisplayMode.Table)
          .placement(LegendPlacement.Bottom)
          .showLegend(true)
          .calcs(['mean', 'max', 'lastNotNull']),
      )
      .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
    return stacked ? chart.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A')) : chart;
  },
  stat: () => new stat.PanelBuilder().reduceOptions(lastValue()),
  bargauge: () =>
    new bargauge.PanelBuilder()
      .orientation(VizOrientation.Horizontal)
      .displayMode(BarGaugeDisplayMode.Basic)
      .reduceOptions(lastValue()),
  table: () =>
    new table.PanelBuilder()
      .filterable(true)
      .withTransformation({ id: 'organize', options: { excludeByName: { Time: true, job: true } } }),
};

function lastValue() {
  return new ReduceDataOptionsBuilder().values(false).calcs(['lastNotNull']);
}

function target({ expr, legend, exemplars }: QuerySpec, kind: PanelSpec['kind'], index: number): Builder<Dataquery> {
  const query = new DataqueryBuilder()
    .refId(String.fromCodePoint('A'.codePointAt(0)! + index))
    .datasource(DATASOURCE)
    .expr(expr)
    .legendFormat(legend)
    .exemplar(exemplars ?? false);
  if (kind === 'table') return query.instant().format(PromQueryFormat.Table);
  // One figure about all of the time shown; as a line it would be computed anew for every point of it.
  return kind !== 'timeseries' && expr.includes('$__range') ? query.instant() : query.range();
}

function runbookLink(alert: string) {
  return new DashboardLinkBuilder(`Runbook: ${alert}`)
    .type(DashboardLinkType.Link)
    .url(runbookUrl(alert))
    .targetBlank(true);
}

function drillDownLink({ title, dashboard, variables }: DrillDownSpec) {
  const values = Object.entries(variables).map(([name, label]) => `var-${name}=${macro(`__field.labels.${label}`)}`);
  return new DashboardLinkBuilder(title)
    .type(DashboardLinkType.Link)
    .url(`/d/${dashboard}?${[macro('__url_time_range'), ...values].join('&')}`);
}
