import { describe, expect, it } from 'vitest';
import { nextStep } from './delivery-plan.domain.js';

describe('nextStep', () => {
  it.each([200, 201, 204, 299])('should be done after %d', (status) => {
    expect(nextStep(status, 3, 0)).toBe('done');
  });

  it('should not call again where 410 was answered', () => {
    expect(nextStep(410, 1, 0)).toBe('unwanted');
  });

  it.each([null, 199, 301, 400, 404, 429, 500, 503])('should try again after %s', (status) => {
    expect(nextStep(status, 1, 0.5)).toEqual({ againInSeconds: 5 });
  });

  it('should wait longer each time, and give up', () => {
    const pauses = [];
    for (let attempt = 1; ; attempt++) {
      const step = nextStep(500, attempt, 0.5);
      if (typeof step === 'string') {
        expect([step, attempt]).toEqual(['give-up', 8]);
        break;
      }
      pauses.push(step.againInSeconds);
    }
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
  });
});
