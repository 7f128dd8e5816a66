import { CodedError } from '#libs/kernel';

/** One variable that cannot be used: its name, and what is wrong together with what is allowed. */
export interface ConfigProblem {
  variable: string;
  problem: string;
}

/** The environment cannot be used as it is (`CONFIG.INVALID`). Names every bad variable, never a secret value. */
export class ConfigError extends CodedError {
  constructor(readonly problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ variable, problem }) => `  ${variable}: ${problem}`);
    super('CONFIG.INVALID', 'invalid', ['the configuration cannot be used:', ...lines].join('\n'), {
      details: { problems: [...problems] },
    });
  }
}
