import type { ProgramGroup } from './programs.mjs';

export interface Check {
  name: string;
  state: 'ok' | 'warn' | 'fail';
  measured: string;
  needed?: string;
  fix?: string;
}

export declare function rateAmount(measured: number, needed: number): Check['state'];
export declare function programCheck(group: ProgramGroup, server: string | undefined, prefix: string): Check;
export declare function runChecks(repo: string, env?: NodeJS.ProcessEnv): Check[];
export declare function doctor(repo: string, args: readonly string[]): number;
