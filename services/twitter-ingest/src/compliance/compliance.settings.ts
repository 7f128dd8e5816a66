import { Injectable } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { XApi } from '../sources/x/index.js';
import { complianceConfigSchema } from './compliance.config.js';

const EVERY_SECONDS = 20 * 3_600;
const EVERY_SECONDS_SIMULATED = 60;
/** New posts are put into blocks in batches: a block that is not full costs as many requests as one that is. */
const SCANS_PER_ROUND = 8;

@Injectable()
export class ComplianceSettings {
  readonly enabled: boolean;
  /** Time between two looks at a post. */
  readonly everyMs: number;
  /** Time between two scans for new posts. */
  readonly settleMs: number;
  readonly horizonDays: number | null;

  constructor(api: XApi) {
    const config = loadConfig(complianceConfigSchema);
    const simulated = api.storedAs !== 'x';
    this.enabled = api.configured && (config.MIRANTE_X_COMPLIANCE ?? simulated);
    const fallback = simulated ? EVERY_SECONDS_SIMULATED : EVERY_SECONDS;
    this.everyMs = (config.MIRANTE_X_COMPLIANCE_SECONDS ?? fallback) * 1_000;
    this.settleMs = this.everyMs / SCANS_PER_ROUND;
    this.horizonDays = config.MIRANTE_X_COMPLIANCE_HORIZON_DAYS ?? null;
  }
}
