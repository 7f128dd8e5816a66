import { CodedError } from '#libs/kernel';

export class RangeReversedError extends CodedError {
  constructor(from: string, to: string) {
    super('ANALYTICS.RANGE_REVERSED', 'invalid', `from (${from}) must not be after to (${to})`, {
      details: { from, to },
    });
  }
}

export class RangeOutOfBoundsError extends CodedError {
  constructor(first: string, last: string) {
    super('ANALYTICS.RANGE_OUT_OF_BOUNDS', 'invalid', `from and to of a series must lie between ${first} and ${last}`, {
      details: { first, last },
    });
  }
}

export class TooManyPointsError extends CodedError {
  constructor(interval: string, points: number, allowed: number) {
    super(
      'ANALYTICS.TOO_MANY_POINTS',
      'invalid',
      `a series by ${interval} over this range has about ${points} points, allowed are ${allowed}: take a longer interval or narrow from and to`,
      { details: { interval, points, allowed } },
    );
  }
}
