import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
  type Dashboard,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { buildPanel } from './build-panel.js';
import { addressVariable, dataSourceVariable, labelVariable } from './build-variables.js';
import { logsUrl, macro, MIRANTE_URL, TAG } from './model/addresses.js';
import type { DashboardSpec, RowSpec } from './model/dashboard-spec.js';

const COLUMNS = 24;

/** Classic JSON: Grafana 10 to 13 load it from files, the last by converting it. */
export function buildDashboard(spec: DashboardSpec): Dashboard {
  const { uid, title, description, tags, variables, rows } = spec;
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG, ...tags])
    .readonly()
    .refresh('30s')
    .time({ from: 'now-1h', to: 'now' })
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .annotations([])
    .variables([dataSourceVariable(), ...variables.map(labelVariable), addressVariable()])
    .links(links(spec));
  const dashboard = builder.build();
  // The SDK hides links in a menu of Grafana 12 and gives no way to say otherwise.
  const shown = dashboard.links?.map(({ placement: _hidden, ...link }) => link);
  return { ...dashboard, id: null, links: shown, panels: place(rows) };
}

function links({ variables }: DashboardSpec) {
  const byService = variables.some(({ name }) => name === 'service');
  const kql = byService ? `service.name:(${macro('service:lucene')})` : 'log.level:(warn OR error)';
  return [
    new DashboardLinkBuilder('Dashboards')
      .type(DashboardLinkType.Dashboards)
      .tags([TAG])
      .asDropdown(true)
      .includeVars(true)
      .keepTime(true),
    new DashboardLinkBuilder('Log lines').type(DashboardLinkType.Link).url(logsUrl(kql)).icon('doc'),
    new DashboardLinkBuilder('Operations').type(DashboardLinkType.Link).url(`${MIRANTE_URL}/ops`).targetBlank(true),
  ];
}

/** Panels flow from left to right and start a new line when the 24 columns are full. */
function place(rows: readonly RowSpec[]): NonNullable<Dashboard['panels']> {
  const placed: NonNullable<Dashboard['panels']> = [];
  let id = 0;
  let y = 0;
  for (const { title, height, panels } of rows) {
    placed.push(new RowBuilder(title).id(++id).gridPos({ x: 0, y: y++, w: COLUMNS, h: 1 }).build());
    let x = 0;
    for (const spec of panels) {
      if (x + spec.width > COLUMNS) {
        x = 0;
        y += height;
      }
      placed.push({ ...buildPanel(spec).build(), id: ++id, gridPos: { x, y, w: spec.width, h: height } });
      x += spec.width;
    }
    y += height;
  }
  return placed;
}
