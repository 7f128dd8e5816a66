export interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  testResults: Array<{ status: string; assertionResults: unknown[] }>;
}

export declare function count(report: VitestReport | undefined, exitCode: number): { passed: number; failed: number };
