import { MIRANTE_URL } from '../../model/addresses.js';
import { linked, panel, type Planted } from './plant.js';

export const IN_LINKS_AND_LAYOUT: readonly Planted[] = [
  { rule: 'links-lead', what: 'a link goes elsewhere', plant: linked('https://example.org/'), finds: /goes to https/ },
  {
    rule: 'links-lead',
    what: 'a dashboard does not exist',
    plant: linked('/d/mirante-queues'),
    finds: /does not exist/,
  },
  {
    rule: 'links-lead',
    what: 'a dashboard lacks the variable',
    plant: linked('/d/mirante-mysql?var-broker=a'),
    finds: /sets broker/,
  },
  {
    rule: 'links-lead',
    what: 'a runbook is not written',
    plant: linked(`${MIRANTE_URL}/ops/runbooks/queue-growling`),
    finds: /not written: queue-growling/,
  },
  {
    rule: 'links-lead',
    what: 'a data source is not provisioned',
    plant: linked('/explore?panes={"a":{"datasource":"loki"}}'),
    finds: /not provisioned: loki/,
  },
  {
    rule: 'alerts-shown',
    what: 'an alert sends people to nothing',
    plant: (d) => void (panel(d, 'Waiting by queue').links = []),
    finds: /QueueGrowing/,
  },
  {
    rule: 'linked-alerts-exist',
    what: 'a runbook has no alert',
    plant: linked(`${MIRANTE_URL}/ops/runbooks/readme`),
    finds: /no alert/,
  },
  {
    rule: 'grid',
    what: 'a panel covers another',
    plant: (d) => void (panel(d, 'Waiting').gridPos.x += 2),
    finds: /covers/,
  },
  {
    rule: 'grid',
    what: 'a panel does not fit',
    plant: (d) => void (panel(d, 'Waiting').gridPos.x = 22),
    finds: /outside/,
  },
];
