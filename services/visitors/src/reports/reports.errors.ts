import { CodedError } from '#libs/kernel';

export class RangeReversedError extends CodedError {
  constructor(from: string | undefined, to: string | undefined) {
    const text = `from (${from ?? 'the default'}) must be before to (${to ?? 'tomorrow'}), the first day that is not meant`;
    super('VISITORS.RANGE_REVERSED', 'invalid', text);
  }
}

export class TooManyBucketsError extends CodedError {
  constructor(interval: string, allowed: number) {
    const text = `a report has at most ${allowed} buckets: take a longer interval than ${interval} or narrow from and to`;
    super('VISITORS.TOO_MANY_BUCKETS', 'invalid', text, { details: { interval, allowed } });
  }
}
