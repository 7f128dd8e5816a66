import type { GeneratedFile } from '../generated-file.js';
import { yamlFile } from '../prometheus/yaml-file.js';
import { alertmanagerConfig } from './alertmanager-config.js';

/** Alertmanager as it is before anybody says where alerts go: they are shown. */
export function alertmanagerArtefacts(): readonly GeneratedFile[] {
  return [yamlFile('observability/alertmanager/alertmanager.yml', ['src/alertmanager'], alertmanagerConfig({}))];
}
