export type ProgramGroup = 'mariadb' | 'rabbitmq' | 'prometheus' | 'alertmanager' | 'mysqld-exporter';

export interface Programs {
  mariadb: {
    server: string;
    installDb: string;
    serverArgs: string[];
    /** Where an unpacked one lies; an installed one knows. */
    basedir?: string;
    env: Record<string, string>;
  };
  rabbitmq: { server: string; ctl: string; epmd: string; env: Record<string, string> };
  prometheus: { server: string; promtool: string; serverArgs: string[]; env: Record<string, string> };
  alertmanager: { server: string; amtool: string; env: Record<string, string>; cwd?: string };
  'mysqld-exporter': { server: string; env: Record<string, string> };
}

export declare const PACKAGES: Record<ProgramGroup, string[]>;
export declare const OPTIONAL: readonly ProgramGroup[];
export declare function prefixDir(repo: string, env?: NodeJS.ProcessEnv): string;
export declare function locatePrograms(
  repo: string,
  env?: NodeJS.ProcessEnv,
): { found: Partial<Programs>; missing: ProgramGroup[] };
