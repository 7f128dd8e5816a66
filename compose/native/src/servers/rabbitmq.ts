import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { keptOnce, randomPassword } from './credentials.js';
import { tailOf } from './log-tail.js';
import { ManagedProcess, type ProcessSpec } from './managed-process.js';
import { freePorts } from './ports.js';
import { listenerPid } from './sockets.js';
import { answersAmqp, answersHttp } from './probes.js';
import { programsOf } from './programs.js';
import { rabbitMqConf, rabbitMqEnv, type RabbitMqPorts } from './rabbitmq-config.js';
import { PlannedServer, type RunningServer, type ServerOptions, type ServerPlan } from './server.js';
import { untilReady } from './wait.js';

const run = promisify(execFile);

export interface RabbitMqOptions extends ServerOptions {
  ports?: RabbitMqPorts;
  user?: string;
  /** Random and kept in the folder when not given. */
  password?: string;
  /** Management plugin (default true); without it the start is a second faster. */
  management?: boolean;
  /** Publishers are blocked above this, default 1024. */
  memoryLimitMiB?: number;
}

export interface RabbitMqServer extends RunningServer {
  readonly amqpPort: number;
  readonly managementPort: number;
  readonly prometheusPort: number;
  readonly user: string;
  readonly password: string;
  /** Runs `rabbitmqctl` against this node and returns what it printed. */
  ctl(...args: string[]): Promise<string>;
  /**
   * Waits until a freshly declared quorum queue survives SIGKILL. Ra keeps the register of its queues in a dets table,
   * which is written up to three seconds late; a queue that is missing there loses its log in the recovery (3.10.8).
   */
  untilDurable(queue: string): Promise<void>;
}

/** Starts a private RabbitMQ with its own epmd and cookie; a second start in the same folder finds its data again. */
export async function startRabbitMq(options: RabbitMqOptions): Promise<RabbitMqServer> {
  const ports = options.ports ?? (await randomPorts());
  mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  const user = options.user ?? 'mirante';
  const password =
    options.password ??
    keptOnce(join(options.dir, 'credentials.json'), () => ({ password: randomPassword() })).password;
  const plan = new RabbitMqPlan(options, ports, user, password);
  const server = Object.assign(new PlannedServer(plan), {
    amqpPort: ports.amqp,
    managementPort: ports.management,
    prometheusPort: ports.prometheus,
    user,
    password,
    ctl: (...args: string[]) => plan.ctl(args),
    untilDurable: (queue: string) => plan.untilDurable(queue),
  });
  await server.start();
  return server;
}

async function randomPorts(): Promise<RabbitMqPorts> {
  const [amqp, management, prometheus, dist, epmd, ctl] = (await freePorts(6)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return { amqp, management, prometheus, dist, epmd, ctl };
}

class RabbitMqPlan implements ServerPlan {
  readonly name = 'rabbitmq';
  readonly startTimeoutMs = 90_000;
  readonly ports: readonly number[];
  readonly onSpawn: RabbitMqOptions['onSpawn'];
  private readonly log: string;
  private epmd: ManagedProcess | undefined;

  constructor(
    private readonly options: RabbitMqOptions,
    private readonly at: RabbitMqPorts,
    private readonly user: string,
    private readonly password: string,
  ) {
    this.ports = [at.amqp, at.prometheus, at.dist, ...(this.hasManagement ? [at.management] : [])];
    this.log = join(options.dir, 'rabbitmq.log');
    this.onSpawn = options.onSpawn;
  }

  async prepare(): Promise<ProcessSpec> {
    const { dir } = this.options;
    this.writeFiles();
    await this.ensureEpmd();
    return {
      name: this.name,
      command: programsOf('rabbitmq').server,
      args: [],
      env: this.env(),
      cwd: dir,
      logFile: this.log,
      stopTimeoutMs: 30_000,
      reapWithParent: this.options.reapWithParent ?? true,
    };
  }

  async isReady(): Promise<boolean> {
    if (!(await answersAmqp(this.at.amqp))) return false;
    if (!this.hasManagement) return true;
    const login = Buffer.from(`${this.user}:${this.password}`).toString('base64');
    return answersHttp(`http://127.0.0.1:${this.at.management}/api/overview`, { authorization: `Basic ${login}` });
  }

  async stopHelpers(): Promise<void> {
    await this.epmd?.stop();
    this.epmd = undefined;
  }

  logTail(lines: number): string {
    return tailOf(this.log, lines);
  }

  async ctl(args: string[]): Promise<string> {
    const options = { env: this.env(), cwd: this.options.dir };
    const { stdout } = await run(programsOf('rabbitmq').ctl, ['--node', NODE, ...args], options);
    return stdout;
  }

  async untilDurable(queue: string): Promise<void> {
    const register = join(this.options.dir, 'mnesia', NODE, 'quorum', NODE, 'names.dets');
    const giveUpAt = Date.now() + 15_000;
    while (!existsSync(register) || !readFileSync(register).includes(queue)) {
      if (Date.now() > giveUpAt) throw new Error(`queue ${queue} is not in ${register}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  private get hasManagement(): boolean {
    return this.options.management ?? true;
  }

  private env(): NodeJS.ProcessEnv {
    return { ...process.env, ...programsOf('rabbitmq').env, ...rabbitMqEnv(this.options.dir, NODE, this.at) };
  }

  private writeFiles(): void {
    const { dir, memoryLimitMiB } = this.options;
    const home = join(dir, 'home');
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const cookie = join(home, '.erlang.cookie');
    if (!existsSync(cookie)) writeFileSync(cookie, randomBytes(20).toString('hex').toUpperCase(), { mode: 0o400 });
    const plugins = [...(this.hasManagement ? ['rabbitmq_management'] : []), 'rabbitmq_prometheus'];
    writeFileSync(join(dir, 'enabled_plugins'), `[${plugins.join(',')}].\n`, { mode: 0o600 });
    const conf = rabbitMqConf(
      this.at,
      { user: this.user, password: this.password },
      memoryLimitMiB ?? 1024,
      this.hasManagement,
    );
    writeFileSync(join(dir, 'rabbitmq.conf'), conf, { mode: 0o600 });
  }

  /** Erlang's port mapper: a private one, or nodes of other projects could collide with ours. */
  private async ensureEpmd(): Promise<void> {
    if (this.epmd?.isRunning) return;
    const epmd = await ManagedProcess.spawn({
      name: 'epmd',
      command: programsOf('rabbitmq').epmd,
      // In the foreground; -daemon would leave our supervision.
      args: ['-port', String(this.at.epmd), '-address', '127.0.0.1'],
      env: this.env(),
      cwd: this.options.dir,
      logFile: join(this.options.dir, 'epmd.log'),
      stopTimeoutMs: 2_000,
      reapWithParent: this.options.reapWithParent ?? true,
    });
    this.epmd = epmd;
    this.onSpawn?.(epmd.pid);
    // A node that does not find it at once gives up ("nodistribution").
    const listens = () => Promise.resolve(listenerPid(this.at.epmd, [epmd.pid]) !== undefined);
    await untilReady(epmd, listens, 10_000, () => epmd.logTail(20));
  }
}

const NODE = 'mirante@localhost';
