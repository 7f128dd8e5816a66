import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { keptOnce, randomPassword } from './credentials.js';
import { tailOf } from './log-tail.js';
import type { ProcessSpec } from './managed-process.js';
import { freePort } from './ports.js';
import { greetsMysql } from './probes.js';
import { programsOf } from './programs.js';
import { socketPath } from './socket-path.js';
import { PlannedServer, type RunningServer, type ServerOptions, type ServerPlan } from './server.js';

const run = promisify(execFile);

export interface MariaDbOptions extends ServerOptions {
  port?: number;
  /** Password of root@127.0.0.1; random and kept in the folder when not given. */
  rootPassword?: string;
  /** InnoDB buffer pool, default 256. */
  bufferPoolMiB?: number;
  /**
   * `full` flushes to disk at each commit; `relaxed` leaves that to the operating system: it survives SIGKILL of the
   * server, not a power cut. Default full.
   */
  durability?: 'full' | 'relaxed';
}

export interface MariaDbServer extends RunningServer {
  readonly port: number;
  readonly socket: string;
  /** Password of user root@127.0.0.1. */
  readonly rootPassword: string;
}

/** Starts a private MariaDB; a second start in the same folder finds its data again. */
export async function startMariaDb(options: MariaDbOptions): Promise<MariaDbServer> {
  const port = options.port ?? (await freePort());
  mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  const rootPassword =
    options.rootPassword ?? keptOnce(join(options.dir, 'credentials.json'), () => ({ root: randomPassword() })).root;
  const plan = new MariaDbPlan(options, port, rootPassword);
  const server = Object.assign(new PlannedServer(plan), { port, socket: plan.socket, rootPassword });
  await server.start();
  return server;
}

class MariaDbPlan implements ServerPlan {
  readonly name = 'mariadb';
  readonly ports: readonly number[];
  readonly startTimeoutMs = 60_000;
  readonly socket: string;
  readonly onSpawn: MariaDbOptions['onSpawn'];
  private readonly data: string;
  private readonly log: string;
  private readonly initFile: string;

  constructor(
    private readonly options: MariaDbOptions,
    private readonly port: number,
    private readonly rootPassword: string,
  ) {
    this.ports = [port];
    this.onSpawn = options.onSpawn;
    this.socket = socketPath(options.dir, 'm.sock');
    this.data = join(options.dir, 'data');
    this.log = join(options.dir, 'mariadb.log');
    this.initFile = join(options.dir, 'init.sql');
  }

  async prepare(): Promise<ProcessSpec> {
    const programs = programsOf('mariadb');
    const tmp = join(this.options.dir, 'tmp');
    const env = { ...process.env, ...programs.env };
    rmSync(this.socket, { force: true });
    rmSync(tmp, { recursive: true, force: true });
    mkdirSync(tmp, { mode: 0o700 });
    // Two that are made at the same time would take each other's temporary tables for leftovers.
    await this.createData(tmp, { ...env, TMPDIR: tmp });
    writeFileSync(this.initFile, initSql(this.rootPassword), { mode: 0o600 });
    return {
      name: this.name,
      command: programs.server,
      args: [
        '--no-defaults',
        ...programs.serverArgs,
        ...asRoot(),
        `--datadir=${this.data}`,
        `--tmpdir=${tmp}`,
        `--socket=${this.socket}`,
        `--pid-file=${join(this.options.dir, 'mariadb.pid')}`,
        `--port=${this.port}`,
        `--init-file=${this.initFile}`,
        ...serverSettings(this.options),
      ],
      env,
      cwd: this.options.dir,
      logFile: this.log,
      stopTimeoutMs: 30_000,
      reapWithParent: this.options.reapWithParent ?? true,
    };
  }

  /** Over TCP a server without matching accounts answers an error, so the private socket is asked. */
  isReady(): Promise<boolean> {
    return greetsMysql(this.socket);
  }

  cleanUp(): void {
    rmSync(this.initFile, { force: true });
  }

  logTail(lines: number): string {
    return tailOf(this.log, lines);
  }

  private async createData(tmp: string, env: NodeJS.ProcessEnv): Promise<void> {
    const done = join(this.options.dir, 'data.created');
    if (existsSync(done)) return;
    // Half-made by a start that was interrupted: nobody has ever used it.
    rmSync(this.data, { recursive: true, force: true });
    mkdirSync(this.data, { mode: 0o700 });
    const { installDb, basedir } = programsOf('mariadb');
    // The script breaks at a blank in either path, so it is given both from where it runs.
    if (basedir !== undefined) symlinkSync(basedir, join(tmp, 'base'));
    const folders = [...(basedir === undefined ? [] : ['--basedir=./tmp/base']), '--datadir=./data'];
    const args = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve', ...asRoot()];
    await run(installDb, ['--no-defaults', ...folders, ...args], { env, cwd: this.options.dir });
    chmodSync(this.data, 0o700);
    writeFileSync(done, '');
  }
}

function serverSettings(options: MariaDbOptions): string[] {
  const pool = options.bufferPoolMiB ?? 256;
  return [
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_unicode_ci',
    '--default-time-zone=+00:00',
    '--max-connections=500',
    '--max-allowed-packet=64M',
    '--performance-schema=OFF',
    `--innodb-buffer-pool-size=${pool}M`,
    `--innodb-log-file-size=${Math.min(1024, Math.max(64, pool / 4))}M`,
    `--innodb-flush-log-at-trx-commit=${options.durability === 'relaxed' ? 2 : 1}`,
  ];
}

/** Runs before the server accepts anybody; the password contains hexadecimal digits only, or was checked for quotes. */
function initSql(rootPassword: string): string {
  if (/['\\\n]/.test(rootPassword)) throw new Error('the root password must not contain quotes or backslashes');
  const accounts = ["'127.0.0.1'", "'localhost'"].flatMap((host) => [
    `CREATE USER IF NOT EXISTS 'root'@${host};`,
    `ALTER USER 'root'@${host} IDENTIFIED BY '${rootPassword}';`,
    `GRANT ALL PRIVILEGES ON *.* TO 'root'@${host} WITH GRANT OPTION;`,
  ]);
  return [
    // Made without a password for the name of the machine and for IPv6.
    "DELETE FROM mysql.global_priv WHERE User IN ('', 'root') AND Host NOT IN ('127.0.0.1', 'localhost');",
    'FLUSH PRIVILEGES;',
    ...accounts,
  ].join('\n');
}

/** The server refuses to run as root unless it is told that this is meant. */
function asRoot(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}
