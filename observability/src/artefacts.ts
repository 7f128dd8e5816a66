import { alertmanagerArtefacts } from './alertmanager/alertmanager.artefacts.js';
import { elasticsearchArtefacts } from './elasticsearch/elasticsearch.artefacts.js';
import type { GeneratedFile } from './generated-file.js';
import { grafanaFiles } from './grafana/grafana-files.js';
import { kibanaArtefacts } from './kibana/kibana.artefacts.js';
import { prometheusArtefacts } from './prometheus/prometheus.artefacts.js';
import type { Catalogue } from './signals/catalogue.js';

type Generator = (catalogue: Catalogue) => readonly GeneratedFile[];

const GENERATORS: readonly Generator[] = [
  alertmanagerArtefacts,
  elasticsearchArtefacts,
  grafanaFiles,
  prometheusArtefacts,
  kibanaArtefacts,
];

/** All files that follow from the catalogue, by path. */
export function artefacts(catalogue: Catalogue): readonly GeneratedFile[] {
  return GENERATORS.flatMap((generate) => generate(catalogue)).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
