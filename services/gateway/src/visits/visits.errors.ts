import { CodedError } from '#libs/kernel';

export class UnknownSiteError extends CodedError {
  constructor(site: string) {
    super('VISITS.UNKNOWN_SITE', 'forbidden', `visits of ${site} are not counted here; see MIRANTE_VISITS_SITES`);
  }
}

export class ForeignOriginError extends CodedError {
  constructor(site: string) {
    super('VISITS.FOREIGN_ORIGIN', 'forbidden', `a page of another host cannot report visits of ${site}`);
  }
}

export class TooManyStreamsError extends CodedError {
  constructor() {
    super('VISITORS.TOO_MANY_STREAMS', 'unavailable', 'too many pages watch the figures right now', {
      retryAfterMs: 10_000,
    });
  }
}

export class FeedbackLimitError extends CodedError {
  constructor(retryAfterMs: number) {
    super('FEEDBACK.RATE_LIMITED', 'rate-limited', 'too much feedback from this address', { retryAfterMs });
  }
}
