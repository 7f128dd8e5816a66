// Prints "<passed> <failed>" of a Vitest JSON report. A run that failed without a failed test (no report, a file that could
// not be loaded, an error outside of any test) counts as one failure more, so that it can never look like a success.
import { existsSync, readFileSync } from 'node:fs';

/**
 * @param {{ numPassedTests: number, numFailedTests: number, testResults: Array<{ status: string, assertionResults: unknown[] }> } | undefined} report
 * @param {number} exitCode of the test run
 */
export function count(report, exitCode) {
  const brokenFiles = (report?.testResults ?? []).filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length;
  const failed = (report?.numFailedTests ?? 0) + brokenFiles;
  const unexplained = failed === 0 && (exitCode !== 0 || !report || report.numPassedTests === 0);
  return { passed: report?.numPassedTests ?? 0, failed: unexplained ? 1 : failed };
}

const [, script, file, exitCode] = process.argv;
if (script?.endsWith('count.mjs')) {
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  const { passed, failed } = count(report, Number(exitCode));
  process.stdout.write(`${passed} ${failed}\n`);
}
