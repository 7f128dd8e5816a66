import { SAVED_SEARCHES } from './saved-searches.js';
import type { ApiColumn, ApiDashboard, ApiPanel } from './api-schema.js';
import type { ChartPanel, Column, Dashboard, Format, Panel } from './model.js';

const FORMATS: Readonly<Record<Format, NonNullable<ApiColumn['format']>>> = {
  number: { type: 'number', decimals: 0 },
  percent: { type: 'percent', decimals: 1 },
  ms: { type: 'number', decimals: 1, suffix: ' ms' },
  seconds: { type: 'number', decimals: 1, suffix: ' s' },
  bytes: { type: 'bytes', decimals: 1 },
};

/** The body of `PUT /api/dashboards/<id>`, for Kibana 9.5. */
export function apiDashboard({ title, description, from, controls, panels }: Dashboard): ApiDashboard {
  return {
    title,
    description,
    time_range: { from, to: 'now' },
    pinned_panels: controls.map((control) => ({
      type: 'options_list_control',
      width: 'medium',
      grow: true,
      config: { title: control.title, data_view_id: control.dataView, field_name: control.field },
    })),
    panels: panels.filter(({ only }) => only !== 'ndjson').map(apiPanel),
  };
}

function apiPanel(panel: Panel): ApiPanel {
  const { id, grid, title, description } = panel;
  switch (panel.kind) {
    case 'text':
      return { type: 'markdown', id, grid, config: { title, content: panel.markdown } };
    case 'search':
      if (!SAVED_SEARCHES.some((search) => search.id === panel.search)) throw new Error(`no search ${panel.search}`);
      return { type: 'discover_session', id, grid, config: { title, description, ref_id: panel.search } };
    case 'visualization':
      throw new Error(`${id}: the Dashboards API has no panels of the type ${panel.kind}`);
    case 'metric':
      return {
        type: 'vis',
        id,
        grid,
        config: {
          type: 'metric',
          title,
          description,
          data_source: { type: 'esql', query: panel.query },
          metrics: [{ type: 'primary', ...column(panel.value) }],
        },
      };
    case 'table':
      return {
        type: 'vis',
        id,
        grid,
        config: {
          type: 'data_table',
          title,
          description,
          data_source: { type: 'esql', query: panel.query },
          rows: panel.rows.map(column),
          metrics: panel.values.map(column),
        },
      };
    case 'chart':
      return { type: 'vis', id, grid, config: chart(panel) };
  }
}

function chart({ title, description, query, shape, x, y, overTime, splitBy }: ChartPanel) {
  return {
    type: 'xy' as const,
    title,
    description,
    ...(overTime && {
      axis: { x: { scale: 'temporal' as const, domain: { type: 'fit' as const, rounding: false } } },
    }),
    legend: { position: 'bottom' as const, visibility: 'visible' as const },
    layers: [
      {
        type: shape,
        data_source: { type: 'esql' as const, query },
        x: column(x),
        y: y.map(column),
        ...(splitBy !== undefined && { breakdown_by: { column: splitBy } }),
      },
    ],
  };
}

function column({ name, label, format }: Column): ApiColumn {
  return { column: name, ...(label !== undefined && { label }), ...(format && { format: FORMATS[format] }) };
}
