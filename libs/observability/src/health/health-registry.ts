import { messageOf } from '#libs/kernel';

const DEFAULT_TIMEOUT_MS = 2_000;

/** Throws when the thing is not usable; a text is shown as detail. */
export type HealthCheck = () => Promise<string | void> | string | void;

/** How one check went; `detail` says why not, or is empty. */
export interface HealthResult {
  name: string;
  ok: boolean;
  detail: string;
}

/** All checks of the process at one moment. */
export interface HealthSnapshot {
  /** True when every check passed. */
  ready: boolean;
  checks: HealthResult[];
}

/**
 * What has to work before this process may be given work. Checks run side by side, each with a time limit, and never more
 * than once at a time however many ask.
 */
export class HealthRegistry {
  readonly #checks = new Map<string, HealthCheck>();
  readonly #timeoutMs: number;
  #running: Promise<HealthSnapshot> | undefined;

  constructor(timeoutMs = DEFAULT_TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs;
  }

  /** Adds a check, or replaces the one of the same name. */
  add(name: string, check: HealthCheck): void {
    this.#checks.set(name, check);
  }

  remove(name: string): void {
    this.#checks.delete(name);
  }

  /** Runs all checks. Never rejects, and takes no longer than the time limit of one check. */
  snapshot(): Promise<HealthSnapshot> {
    this.#running ??= this.#runAll().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #runAll(): Promise<HealthSnapshot> {
    const checks = await Promise.all([...this.#checks].map(([name, check]) => this.#run(name, check)));
    return { ready: checks.every(({ ok }) => ok), checks };
  }

  async #run(name: string, check: HealthCheck): Promise<HealthResult> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${this.#timeoutMs} ms`)), this.#timeoutMs);
    });
    try {
      const detail = await Promise.race([Promise.resolve().then(check), late]);
      return { name, ok: true, detail: detail ?? 'ok' };
    } catch (error) {
      return { name, ok: false, detail: messageOf(error) };
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The checks of this process. */
export const health = new HealthRegistry();
