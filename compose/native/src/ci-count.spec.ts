import { describe, expect, it } from 'vitest';
import { count as sut } from '../../../.ci/count.mjs';

const file = (status: string, tests: number) => ({ status, assertionResults: Array.from({ length: tests }) });

describe('count', () => {
  it('should take the numbers of the report', () => {
    const report = { numPassedTests: 7, numFailedTests: 2, testResults: [file('failed', 9)] };
    expect(sut(report, 1)).toEqual({ passed: 7, failed: 2 });
  });

  it('should count a file that could not be loaded', () => {
    const report = { numPassedTests: 7, numFailedTests: 0, testResults: [file('passed', 7), file('failed', 0)] };
    expect(sut(report, 1)).toEqual({ passed: 7, failed: 1 });
  });

  it.each([
    ['there is no report', undefined, 1],
    ['the run failed outside of any test', { numPassedTests: 7, numFailedTests: 0, testResults: [] }, 1],
    ['nothing was run', { numPassedTests: 0, numFailedTests: 0, testResults: [] }, 0],
  ])('should not report a success when %s', (_, report, exitCode) => {
    expect(sut(report, exitCode).failed).toBe(1);
  });
});
