import { ExportQuotaRepository } from './export-quota.repository.js';
import { ExportRepository } from './export.repository.js';
import { ExportsService } from './exports.service.js';
import { PseudonymKeyRepository } from './pseudonym-key.repository.js';

export const EXPORTS = [ExportQuotaRepository, ExportRepository, ExportsService, PseudonymKeyRepository];
