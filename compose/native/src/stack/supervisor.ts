import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MariaDbServer } from '../servers/index.js';
import { publicUrl, type StackConfig } from './config.js';
import { createDatabases, runMigrations } from './databases.js';
import { Part, type PartEvents } from './part.js';
import { serverSpecs, serviceSpec, simulatorSpec } from './part-specs.js';
import { paths } from './paths.js';
import { alertmanagerConfig, prometheusConfig } from './prometheus-config.js';
import { processId, writeRun, type Phase } from './run-file.js';
import { logLine, type SupervisorLevel } from './supervisor-log.js';

/** Parent of all parts: starts them in order, keeps them running, stops them in reverse order. */
export class Supervisor {
  private readonly parts: Part[];
  private readonly mariadb: Part;
  private readonly rabbitmq: Part;
  /** What nobody waits for: what watches, and what stands in for X. */
  private readonly beside: Part[];
  private readonly services: Part[];
  private readonly front: Part[];
  private phase: Phase = 'starting';
  private error: string | undefined;
  private database: MariaDbServer | undefined;
  private readonly self = processId(process.pid);
  private readonly startedAt = new Date().toISOString();

  constructor(private readonly config: StackConfig) {
    const specs = serverSpecs(config);
    const events: PartEvents = { onChange: (_, message, level) => this.onChange(message, level) };
    const launchDatabase = async (onSpawn: (pid: number) => void) =>
      (this.database = await specs.mariadb.launch(onSpawn));
    this.mariadb = new Part({ ...specs.mariadb, launch: launchDatabase }, events);
    this.rabbitmq = new Part(specs.rabbitmq, events);
    const simulators = config.simulatesX ? [simulatorSpec(config)] : [];
    this.beside = [specs.alertmanager, specs.prometheus, specs.exporter, ...simulators].map(
      (spec) => new Part(spec, events),
    );
    const isFront = (index: number) => config.services[index]!.needs.includes('public-port');
    const services = config.services.map((service) => new Part(serviceSpec(service, config), events));
    this.services = services.filter((_, index) => !isFront(index));
    this.front = services.filter((_, index) => isFront(index));
    this.parts = [this.mariadb, this.rabbitmq, ...this.beside, ...this.services, ...this.front];
  }

  /** Resolves when everything runs. When a part does not start, the rest is stopped again and the reason thrown. */
  async start(): Promise<void> {
    this.writeFiles();
    this.save();
    // What watches never gates what works, and what X answers is never waited for.
    this.beside.forEach((part) => void part.start());
    try {
      await Promise.all([this.startDatabase(), this.rabbitmq.start()]);
      await Promise.all(this.services.map((part) => part.start()));
      await Promise.all(this.front.map((part) => part.start()));
    } catch (error) {
      if (this.phase === 'stopping') return;
      this.error = error instanceof Error ? error.message : String(error);
      this.log('error', `the start failed: ${this.error}`);
      await this.stop('failed');
      throw error;
    }
    if (this.phase === 'stopping') return;
    this.phase = 'running';
    this.log('info', 'everything runs');
    this.save();
  }

  /** Stops everything in reverse order of the start; data stays. */
  async stop(phase: Phase = 'stopping'): Promise<void> {
    this.phase = phase;
    this.save();
    await Promise.all(this.front.map((part) => part.stop()));
    await Promise.all(this.services.map((part) => part.stop()));
    await Promise.all([...this.beside, this.rabbitmq, this.mariadb].map((part) => part.stop()));
    this.log('info', 'everything stopped');
    this.save();
  }

  /** Starts a part again, also when it had given up. */
  async restart(name: string): Promise<boolean> {
    const part = this.parts.find((candidate) => candidate.name === name);
    if (!part || this.phase !== 'running') return false;
    await part.restart();
    return true;
  }

  private async startDatabase(): Promise<void> {
    await this.mariadb.start();
    await createDatabases(this.config, this.database!.socket);
    for (const outcome of await runMigrations(this.config)) this.log('info', outcome);
  }

  private writeFiles(): void {
    for (const dir of [paths.data, paths.logs, paths.blobs]) mkdirSync(dir, { recursive: true, mode: 0o700 });
    const rules = join(paths.rules, '*.yml');
    writeFileSync(paths.prometheusConfig, prometheusConfig(this.config, rules), { mode: 0o600 });
    writeFileSync(paths.alertmanagerConfig, alertmanagerConfig(), { mode: 0o600 });
  }

  private onChange(message: string, level: SupervisorLevel): void {
    this.log(level, message);
    this.save();
  }

  private save(): void {
    writeRun({
      phase: this.phase,
      supervisor: this.self,
      startedAt: this.startedAt,
      publicUrl: publicUrl(this.config.publicAddress),
      parts: this.parts.map((part) => part.record),
      ...(this.error !== undefined && { error: this.error }),
    });
  }

  private log(level: SupervisorLevel, message: string): void {
    logLine(paths.supervisorLog, level, message);
  }
}
