import { BudgetLedger } from './budget-ledger.service.js';
import { PageSizeRepository } from './page-size.repository.js';
import { RateQuota } from './rate-quota.service.js';
import { SourceHalts } from './source-halts.service.js';
import { SpendingRepository } from './spending.repository.js';
import { UpstreamGate } from './upstream-gate.service.js';
import { UpstreamHousekeeping } from './upstream-housekeeping.service.js';

export const UPSTREAM_PROVIDERS = [
  BudgetLedger,
  PageSizeRepository,
  RateQuota,
  SourceHalts,
  SpendingRepository,
  UpstreamGate,
  UpstreamHousekeeping,
];
