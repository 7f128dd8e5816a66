import { panel, replaced, target, variable, type Planted } from './plant.js';

export const IN_DASHBOARDS_AND_PANELS: readonly Planted[] = [
  { rule: 'uneditable', what: 'it can be edited', plant: (d) => void (d.editable = true), finds: /edited/ },
  {
    rule: 'described-dashboard',
    what: 'it is not described',
    plant: (d) => void (d.description = ''),
    finds: /no description/,
  },
  { rule: 'described-dashboard', what: 'no list names it', plant: (d) => void d.tags.splice(0), finds: /no tag/ },
  {
    rule: 'ids',
    what: 'two panels have one id',
    plant: (d) => void (d.panels[1]!['id'] = d.panels[2]!['id']),
    finds: /the id \d+ of another/,
  },
  {
    rule: 'ids',
    what: 'a query has no name',
    plant: (d) => void delete target(d, 'Waiting')['refId'],
    finds: /without a name/,
  },
  {
    rule: 'titles-differ',
    what: 'two panels of a row have one title',
    plant: (d) => void (panel(d, 'Memory')['title'] = 'Disk'),
    finds: /"Broker \/ Disk"/,
  },
  {
    rule: 'variables-once',
    what: 'a variable is declared twice',
    plant: (d) => void d.templating.list.push({ ...variable(d, 'service') }),
    finds: /two variables service/,
  },
  {
    rule: 'template-datasource',
    what: 'there is no choice of data source',
    plant: (d) => void d.templating.list.shift(),
    finds: /has 0 variables for data sources/,
  },
  {
    rule: 'template-service',
    what: 'only one service can be chosen',
    plant: (d) => void (variable(d, 'service')['multi'] = false),
    finds: /service does not allow several/,
  },
  {
    rule: 'template-instance',
    what: 'there is no choice of process',
    plant: (d) => void (variable(d, 'instance')['name'] = 'process'),
    finds: /no variable instance/,
  },
  {
    rule: 'template-label-values',
    what: 'a choice asks for a metric nobody shows',
    plant: (d) =>
      void (variable(d, 'service')['query'] = 'label_values(messaging_publishers_blcked{job="mirante"}, service)'),
    finds: /which nobody shows/,
  },
  {
    rule: 'template-label-values',
    what: 'a choice asks for a label that is not there',
    plant: (d) => void (variable(d, 'broker')['query'] = 'label_values(rabbitmq_build_info{job="rabbitmq"}, service)'),
    finds: /has no label service/,
  },
  {
    rule: 'template-reload',
    what: 'choices stay as they were',
    plant: (d) => void (variable(d, 'broker')['refresh'] = 1),
    finds: /broker is not loaded again/,
  },
  {
    rule: 'template-used',
    what: 'nobody sets a variable',
    plant: replaced('Waiting', '$broker', '$brokr'),
    finds: /nobody sets the variable brokr/,
  },
  {
    rule: 'template-used',
    what: 'nobody uses a variable',
    plant: (d) => void d.templating.list.push({ ...variable(d, 'broker'), name: 'idle' }),
    finds: /nobody uses the variable idle/,
  },
  {
    rule: 'panel-datasource',
    what: 'a panel has a data source of its own',
    plant: (d) => void (panel(d, 'Waiting')['datasource'] = { type: 'prometheus', uid: 'mine' }),
    finds: /"Waiting" does not use/,
  },
  {
    rule: 'panel-described',
    what: 'a panel is not described',
    plant: (d) => void (panel(d, 'Waiting')['description'] = ''),
    finds: /"Waiting" has no description/,
  },
  {
    rule: 'panel-unit',
    what: 'a panel has no unit',
    plant: (d) => void delete panel(d, 'Waiting').fieldConfig.defaults['unit'],
    finds: /no unit/,
  },
  {
    rule: 'panel-unit',
    what: 'Grafana does not know a unit',
    plant: (d) => void (panel(d, 'Waiting').fieldConfig.defaults['unit'] = 'sekonds'),
    finds: /sekonds/,
  },
  {
    rule: 'panel-queries',
    what: 'a panel asks nothing',
    plant: (d) => void (panel(d, 'Waiting').targets = []),
    finds: /no query/,
  },
  {
    rule: 'panel-legend',
    what: 'a legend is hidden',
    plant: (d) => void (panel(d, 'Waiting by queue').options.legend['showLegend'] = false),
    finds: /hides its legend/,
  },
];
