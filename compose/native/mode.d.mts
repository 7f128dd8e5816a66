import type { Docker } from './docker.mjs';

export interface ModeChoice {
  mode: 'native' | 'compose';
  /** For the one line that says why. */
  reason: string;
}

export declare function chooseMode(
  repo: string,
  env?: NodeJS.ProcessEnv,
  world?: { docker?: Docker; fetch?: typeof fetch },
): Promise<ModeChoice>;
export declare function usesContainers(repo: string, command: string, env?: NodeJS.ProcessEnv): Promise<boolean>;
export declare function imagesToHave(config: {
  services: Record<string, { image?: string; build?: { args?: Record<string, string> } }>;
}): string[];
export declare function registryOf(image: string): string;
export declare function isNewEnough(version: string, oldest?: readonly [number, number]): boolean;
