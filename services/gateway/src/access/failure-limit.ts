import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { addressGroup } from '../http/address-group.js';
import { TooManyFailuresError } from './access.errors.js';

/**
 * Slows down who tries keys: so many failures per minute and address group, counted in this process, so that it works
 * whatever else is away.
 */
export class FailureLimit {
  private readonly limiter: RateLimiterMemory;

  constructor(perMinute: number) {
    this.limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  }

  /**
   * Counts a try before it is known how it ends, so that many at the same time cannot slip through.
   *
   * @throws TooManyFailuresError
   */
  async attempt(address: string): Promise<void> {
    try {
      await this.limiter.consume(addressGroup(address), 1);
    } catch (refusal) {
      throw new TooManyFailuresError((refusal as RateLimiterRes).msBeforeNext);
    }
  }

  /** Takes back a try that was none: the key works. */
  async succeeded(address: string): Promise<void> {
    await this.limiter.reward(addressGroup(address), 1);
  }
}
