import type { GeneratedFile } from '../generated-file.js';
import type { Catalogue } from '../signals/catalogue.js';
import { alertRulesFile } from './alert-rules.js';
import { alertTestsFile } from './alert-tests.js';
import { composeConfigFiles } from './compose-config.js';
import { recordingRulesFile } from './recording-rules.js';
import { sloRulesFile } from './slo-rules.js';
import { sloTestsFiles } from './slo-tests.js';

/** Rules of Prometheus, their unit tests, and its configuration for compose. */
export function prometheusArtefacts(catalogue: Catalogue): readonly GeneratedFile[] {
  return [
    recordingRulesFile(catalogue),
    sloRulesFile(catalogue),
    alertRulesFile(catalogue),
    alertTestsFile(catalogue),
    ...sloTestsFiles(catalogue),
    ...composeConfigFiles(),
  ];
}
