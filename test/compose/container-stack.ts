import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { eventually } from '#libs/testing';
import { composeProject } from '../../compose/native/docker.mjs';
import { repoRoot } from '../../compose/native/src/repo.js';
import { freePorts } from '../../compose/native/src/servers/index.js';
import { inside, inspectProject, type Inspected } from './containers.js';

const run = promisify(execFile);
const HEALING_MS = 180_000;
const SAMPLE = join(repoRoot, 'postman/data/sample-posts.jsonl');

export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** A stack of stand-ins with a project, ports and secrets of its own, driven as a user drives it: by the launcher. */
export class ContainerStack {
  readonly state = mkdtempSync(join(tmpdir(), 'mirante-containers-'));
  readonly project: string;
  readonly baseUrl: string;
  readonly prometheusUrl: string;
  /** What the gateway has put off. */
  readonly refusals: string[] = [];
  private readonly env: NodeJS.ProcessEnv;

  private constructor([port, prometheus, alertmanager, grafana, kibana]: readonly number[]) {
    const ca = process.env['NODE_EXTRA_CA_CERTS'];
    this.env = {
      ...process.env,
      MIRANTE_MODE: 'compose',
      MIRANTE_STATE_DIR: this.state,
      MIRANTE_COMPOSE_EXTRA: 'compose/compose.offline.yaml',
      MIRANTE_WITH_LOGS: 'false',
      MIRANTE_MYSQL_DIALECT: 'mariadb',
      MIRANTE_PORT: String(port),
      MIRANTE_PROMETHEUS_PORT: String(prometheus),
      MIRANTE_ALERTMANAGER_PORT: String(alertmanager),
      MIRANTE_GRAFANA_PORT: String(grafana),
      MIRANTE_KIBANA_PORT: String(kibana),
      ...(ca && { MIRANTE_BUILD_CA: ca }),
    };
    this.project = composeProject(repoRoot, this.env);
    this.baseUrl = `http://127.0.0.1:${port}`;
    this.prometheusUrl = `http://127.0.0.1:${prometheus}`;
  }

  static async create(): Promise<ContainerStack> {
    return new ContainerStack(await freePorts(5));
  }

  /** A command of the launcher, such as `up`. */
  async cli(...args: string[]): Promise<Outcome> {
    const main = join(repoRoot, 'dist/compose/native/src/cli.js');
    try {
      const options = { env: this.env, cwd: repoRoot, maxBuffer: 2 ** 26 };
      const { stdout, stderr } = await run(process.execPath, [main, ...args], options);
      return { code: 0, output: stdout + stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, output: stdout + stderr };
    }
  }

  /** Whether a container reaches another that is on the network `edge`, by its address there. */
  async reachesOnEdge(service: string, other: string, port: number): Promise<boolean> {
    const { NetworkSettings } = await this.container(other);
    const address = NetworkSettings.Networks[`${this.project}_edge`]!.IPAddress;
    return (await this.inside(service, 'timeout', '3', 'bash', '-c', `exec 3<>/dev/tcp/${address}/${port}`)).code === 0;
  }

  containers(): Promise<Map<string, Inspected>> {
    return inspectProject(this.project);
  }

  async container(service: string): Promise<Inspected> {
    const found = (await this.containers()).get(service);
    if (!found) throw new Error(`there is no container of ${service}`);
    return found;
  }

  async inside(service: string, ...command: string[]): Promise<Outcome> {
    return inside((await this.container(service)).Id, ...command);
  }

  async untilAllWell(): Promise<void> {
    const all = async () => expect(await this.cli('status')).toMatchObject({ code: 0 });
    await eventually(all, { timeoutMs: HEALING_MS, everyMs: 1_000 });
  }

  async postsOf(tag: string): Promise<number | undefined> {
    const answer = await fetch(`${this.baseUrl}/api/v1/analytics/summary?tag=${tag}`);
    return ((await answer.json()) as { posts?: number }).posts;
  }

  /**
   * Through the gateway, a file, the broker, two services and the database. Sends again while the gateway says so, with 503,
   * as a client should: a container counts as healthy until three probes in a row have failed.
   */
  async importSample(tag: string): Promise<void> {
    const key = randomUUID();
    const accepted = await eventually(
      async () => {
        const answer = await fetch(`${this.baseUrl}/api/v1/archives?tag=${tag}`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': key },
          body: readFileSync(SAMPLE),
        });
        const said = `${answer.status} ${await answer.text()}`;
        if (answer.status !== 503) return said;
        this.refusals.push(`${tag}: ${said}`);
        return false;
      },
      { timeoutMs: 60_000, everyMs: 500 },
    );
    expect({ tag, accepted }).toEqual({ tag, accepted: expect.stringMatching(/^202 /) as string });
    const isThere = async () => expect(await this.postsOf(tag)).toBe(40);
    await eventually(isThere, { timeoutMs: 60_000, everyMs: 250 });
  }

  /** Tries statements with the account of a service; for each `done`, or the code of the refusal. */
  async sql(service: string, statements: readonly string[]): Promise<string[]> {
    const output = await this.script(
      service,
      `const { createConnection } = await import('mysql2/promise');
      const { MIRANTE_MYSQL_HOST: host, MIRANTE_MYSQL_USER: user, MIRANTE_MYSQL_PASSWORD: password } = process.env;
      const connection = await createConnection({ host, user, password });
      const outcomes = [];
      for (const statement of ${JSON.stringify(statements)}) {
        outcomes.push(await connection.query(statement).then(() => 'done', ({ code }) => code));
      }
      console.log(JSON.stringify(outcomes));
      await connection.end();`,
    );
    return JSON.parse(output) as string[];
  }

  /** Runs statements on a channel `ch` to the broker, and gives what they print. */
  amqp(statements: string): Promise<string> {
    return this.script(
      'gateway',
      `const { connect } = await import('amqplib');
      const connection = await connect(process.env.MIRANTE_AMQP_URL);
      const ch = await connection.createConfirmChannel();
      ${statements};
      await connection.close();`,
    );
  }

  async close(): Promise<void> {
    await this.cli('down', '--purge', '--yes');
    rmSync(this.state, { recursive: true, force: true });
  }

  /** Runs a module inside a service, with its packages and its environment. */
  private async script(service: string, code: string): Promise<string> {
    const outcome = await this.inside(service, 'node', '--input-type=module', '-e', code);
    expect(outcome).toMatchObject({ code: 0 });
    return outcome.output.trim();
  }
}
