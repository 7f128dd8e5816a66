import { BlockCheck } from './block-check.service.js';
import { ComplianceWorker } from './compliance-worker.service.js';
import { ComplianceRepository } from './compliance.repository.js';
import { ComplianceSettings } from './compliance.settings.js';

/** Needs XApi, XDriverSettings and the providers of `upstream` and `captures` beside it. */
export const COMPLIANCE_PROVIDERS = [BlockCheck, ComplianceRepository, ComplianceSettings, ComplianceWorker];
