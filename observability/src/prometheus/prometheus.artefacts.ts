import type { GeneratedFile } from '../generated-file.js';
import type { Catalogue } from '../signals/catalogue.js';
import { alertRulesFile } from './alert-rules.js';
import { alertTestsFile } from './alert-tests.js';
import { recordingRulesFile } from './recording-rules.js';
import { sloRulesFile } from './slo-rules.js';
import { sloTestsFiles } from './slo-tests.js';

/** Rules of Prometheus and their unit tests. */
export function prometheusArtefacts(catalogue: Catalogue): readonly GeneratedFile[] {
  return [
    recordingRulesFile(catalogue),
    sloRulesFile(catalogue),
    alertRulesFile(catalogue),
    alertTestsFile(catalogue),
    ...sloTestsFiles(catalogue),
  ];
}
