import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { macro, PROMETHEUS_UID } from './model/addresses.js';
import type { VariableSpec } from './model/dashboard-spec.js';

/** Refers to the choice of data source, so that a dashboard also works with another Prometheus. */
export const DATASOURCE = { type: 'prometheus', uid: macro('datasource') } as const;

export function dataSourceVariable() {
  return new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .type('prometheus')
    .multi(false)
    .includeAll(false)
    .current({ selected: true, text: 'Prometheus', value: PROMETHEUS_UID });
}

/** "All" is `.+`, not a list of what there is: it stays short and takes in what appears later. */
export function labelVariable({ name, label, selector, of }: VariableSpec) {
  const query = `label_values(${selector}, ${of})`;
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query({ qryType: 1, query, refId: `variable-${name}` })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ selected: true, text: ['All'], value: ['$__all'] });
}

/** Neither Prometheus nor Grafana knows where the gateway is reached from the browser that looks. */
export function addressVariable() {
  return new TextBoxVariableBuilder('mirante_url')
    .label('Address of Mirante')
    .description('Where your browser reaches the gateway. Links to runbooks start with it.')
    .defaultValue('http://127.0.0.1:8080')
    .current({ selected: true, text: 'http://127.0.0.1:8080', value: 'http://127.0.0.1:8080' });
}
