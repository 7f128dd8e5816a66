import type { ProgramGroup } from './programs.mjs';

export declare function parseSimulation(output: string): string[];
export declare function relocateErl(script: string, erlang: string): string;
export declare function relocateAlertmanager(program: Buffer): boolean;
export declare function installPrefix(
  repo: string,
  groups: readonly ProgramGroup[],
  env?: NodeJS.ProcessEnv,
): Promise<void>;
