export interface DockerAnswer {
  code: number;
  stdout: string;
  stderr: string;
}

export interface DockerOptions {
  env?: NodeJS.ProcessEnv;
  timeoutMs?: number;
  input?: 'ignore' | 'inherit';
  /** Its output goes to ours. */
  live?: boolean;
}

export type Docker = (args: readonly string[], options?: DockerOptions) => Promise<DockerAnswer>;

export declare function composeFiles(repo: string, env?: NodeJS.ProcessEnv): string[];
export declare function composeProject(repo: string, env?: NodeJS.ProcessEnv): string;
export declare function requiredVariables(files: readonly string[]): string[];
export declare function withLogs(
  env?: NodeJS.ProcessEnv,
  machine?: { memory: number; mapCount: number | undefined },
): { logs: boolean; reason?: string };
export declare const docker: Docker;
