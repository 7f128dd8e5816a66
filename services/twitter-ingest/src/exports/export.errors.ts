import { CodedError } from '#libs/kernel';
import { X_QUOTAS, type ExportX, type XQuotaLeft } from '#libs/contracts';

const NAMES: Record<ExportX, { what: string; window: string }> = {
  full: { what: 'whole posts of X', window: 'per UTC day' },
  ids: { what: 'ids of X posts', window: 'in 30 days' },
};

export class XQuotaUsedUpError extends CodedError {
  constructor(kind: ExportX, left: XQuotaLeft, retryAfterMs: number) {
    const { what, window } = NAMES[kind];
    super(
      'EXPORTS.X_QUOTA_USED_UP',
      'rate-limited',
      `this holds more ${what} than the ${left[kind]} that are left of ${X_QUOTAS[kind]} ${window}; ask for a shorter ` +
        `period${kind === 'full' ? ', for x=ids,' : ''} or wait`,
      { details: { left }, retryAfterMs },
    );
  }
}

export class XTooManyError extends CodedError {
  constructor(kind: ExportX) {
    const { what, window } = NAMES[kind];
    super(
      'EXPORTS.X_TOO_MANY',
      'forbidden',
      `this holds more ${what} than X allows anyone to be given (${X_QUOTAS[kind]} ${window}); ask for a shorter period` +
        (kind === 'full' ? ' or for x=ids' : ''),
    );
  }
}
