import { LOGS } from '../elasticsearch/streams.data.js';

const field = (name: string) => `datum._source['${name.split('.').join("']['")}']`;

/** The steps of one trace as bars, for Kibana 8, whose ES|QL cannot compare a step with the first one. Drawn by Vega-Lite. */
export const WATERFALL = {
  id: 'mirante-vega-waterfall',
  title: 'Mirante: waterfall of one trace (Vega)',
  spec: {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    data: {
      url: {
        '%context%': true,
        '%timefield%': '@timestamp',
        index: LOGS.pattern,
        body: {
          size: 200,
          sort: [{ '@timestamp': 'asc' }],
          query: { bool: { filter: [{ exists: { field: 'trace.id' } }, { exists: { field: 'event.duration' } }] } },
          _source: [
            '@timestamp',
            'trace.id',
            'span.id',
            'service.name',
            'log.logger',
            'event.action',
            'event.duration',
            'event.outcome',
          ],
        },
      },
      format: { property: 'hits.hits' },
    },
    transform: [
      { calculate: `${field('event.duration')} / 1e6`, as: 'took' },
      { calculate: `toDate(${field('@timestamp')}) - datum.took`, as: 'began' },
      { joinaggregate: [{ op: 'min', field: 'began', as: 'first' }] },
      { calculate: 'datum.began - datum.first', as: 'from' },
      { calculate: 'datum.from + datum.took', as: 'to' },
      {
        calculate: `${field('service.name')} + ' ' + (${field('event.action')} || ${field('log.logger')}) + ' ' + ${field('span.id')}`,
        as: 'step',
      },
    ],
    mark: { type: 'bar', tooltip: true },
    encoding: {
      y: { field: 'step', type: 'nominal', sort: { field: 'from', op: 'min' }, axis: { title: null, labelLimit: 400 } },
      x: { field: 'from', type: 'quantitative', axis: { title: 'milliseconds since the first step' } },
      x2: { field: 'to' },
      color: { field: '_source.event.outcome', type: 'nominal', legend: { title: 'outcome' } },
    },
  },
} as const;
