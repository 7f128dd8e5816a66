import { DATA_VIEWS } from './data-views.js';
import type { ChartPanel, Column, Format, MetricPanel, TablePanel } from './model.js';

const LAYER = 'layer';
type Json = Record<string, unknown>;

const FORMATS: Readonly<Record<Format, Json>> = {
  number: { id: 'number', params: { decimals: 0 } },
  percent: { id: 'percent', params: { decimals: 1 } },
  ms: { id: 'number', params: { decimals: 1, suffix: ' ms' } },
  seconds: { id: 'number', params: { decimals: 1, suffix: ' s' } },
  bytes: { id: 'bytes', params: { decimals: 1 } },
};

interface LensColumn {
  column: Column;
  type: 'number' | 'string' | 'date';
  isMetric: boolean;
}

const metric = (column: Column): LensColumn => ({ column, type: column.type ?? 'number', isMetric: true });
const row = (column: Column): LensColumn => ({ column, type: column.type ?? 'string', isMetric: false });

/** A Lens panel over ES|QL, by value, as Kibana keeps it in a dashboard from 8.14 on. */
export function lensAttributes(panel: MetricPanel | ChartPanel | TablePanel): Json {
  const { title, query } = panel;
  const { columns, type, visualization } = shapeOf(panel);
  const pattern = /^(?:FROM|TS) ([^ ]+)/.exec(query)![1]!;
  const view = DATA_VIEWS.find((each) => each.pattern === pattern)!;
  const adHoc = `${view.id}-adhoc`;
  return {
    title,
    type: 'lens',
    visualizationType: type,
    references: [],
    state: {
      query: { esql: query },
      filters: [],
      datasourceStates: {
        textBased: {
          layers: {
            [LAYER]: {
              index: adHoc,
              query: { esql: query },
              timeField: view.timeField,
              columns: columns.map(lensColumn),
            },
          },
        },
      },
      visualization,
      internalReferences: [{ type: 'index-pattern', id: adHoc, name: `textBasedLanguages-datasource-layer-${LAYER}` }],
      adHocDataViews: { [adHoc]: { id: adHoc, title: pattern, timeFieldName: view.timeField, name: pattern } },
    },
  };
}

function lensColumn({ column: { name, label, format }, type, isMetric }: LensColumn): Json {
  return {
    columnId: name,
    fieldName: name,
    meta: { type },
    ...(isMetric && { inMetricDimension: true }),
    ...(label !== undefined && { label, customLabel: true }),
    ...(format && { params: { format: FORMATS[format] } }),
  };
}

function shapeOf(panel: MetricPanel | ChartPanel | TablePanel): {
  columns: LensColumn[];
  type: string;
  visualization: Json;
} {
  const layer = { layerId: LAYER, layerType: 'data' };
  switch (panel.kind) {
    case 'metric':
      return {
        columns: [metric(panel.value)],
        type: 'lnsMetric',
        visualization: { ...layer, metricAccessor: panel.value.name },
      };
    case 'table': {
      const columns = [...panel.rows.map(row), ...panel.values.map(metric)];
      const shown = columns.map(({ column: { name }, isMetric }) => ({
        columnId: name,
        isMetric,
        isTransposed: false,
      }));
      return { columns, type: 'lnsDatatable', visualization: { ...layer, columns: shown } };
    }
    case 'chart': {
      const { x, y, splitBy, shape, overTime } = panel;
      const columns = [
        { ...row(x), type: overTime ? ('date' as const) : ('string' as const) },
        ...y.map(metric),
        ...(splitBy === undefined ? [] : [row({ name: splitBy })]),
      ];
      return {
        columns,
        type: 'lnsXY',
        visualization: {
          legend: { isVisible: true, position: 'bottom' },
          valueLabels: 'hide',
          preferredSeriesType: shape,
          layers: [
            {
              ...layer,
              seriesType: shape,
              xAccessor: x.name,
              accessors: y.map(({ name }) => name),
              ...(splitBy !== undefined && { splitAccessor: splitBy }),
            },
          ],
        },
      };
    }
  }
}
