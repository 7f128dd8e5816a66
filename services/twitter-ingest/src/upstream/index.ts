/** Money, quota and halts of paid sources, shared by all processes. */
export { BudgetLedger } from './budget-ledger.service.js';
export { credentialOf } from './credential.js';
export { X_ENDPOINTS, type XEndpoint } from './endpoints.domain.js';
export { PAGE_SIZES } from './page-size.domain.js';
export { PageSizeRepository } from './page-size.repository.js';
export { formatUsd, MICRO, worstCasePerPost, X_PAGE_SHAPE, X_PRICES } from './prices.domain.js';
export { RateQuota } from './rate-quota.service.js';
export { SourceHalts } from './source-halts.service.js';
export { SpendingRepository } from './spending.repository.js';
export { NO_PART, type Billed, type Payer, type Reservation, type Spent } from './spending.types.js';
export { upstreamConfigSchema } from './upstream.config.js';
export { UpstreamGate, type Access } from './upstream-gate.service.js';
export { UPSTREAM_PROVIDERS } from './upstream.providers.js';
