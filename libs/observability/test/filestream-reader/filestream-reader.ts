import { setTimeout as pause } from 'node:timers/promises';
import { Harvester, type HarvestedLine } from './harvester.js';
import { scanFiles, type SeenFile } from './file-scanner.js';
import { Registry } from './registry.js';

/** Filebeat's options of the same meaning; its defaults are in brackets. */
export interface FilestreamOptions {
  dir: string;
  registryFile: string;
  /** `file_identity.fingerprint.length` [1024]. */
  fingerprintBytes: number;
  /** `prospector.scanner.check_interval` [10 s]. */
  scanMs: number;
  /** `backoff.init` and `backoff.max` [2 s, 10 s]. */
  backoffMs: { first: number; last: number };
  /** `close.on_state_change.inactive` [5 min]. */
  closeInactiveMs: number;
  /** `close.on_state_change.check_interval` [5 s]; `removed` is on by default, `renamed` is off. */
  stateCheckMs: number;
  /** `filebeat.registry.flush` [1 s]. */
  registryFlushMs: number;
  /** `buffer_size` [16 KiB]. */
  bufferBytes: number;
}

/** A line, and where it came from. */
export interface ShippedLine extends HarvestedLine {
  fingerprint: string;
  path: string;
}

/** Where lines go. They count as delivered when it resolves. */
export type Output = (lines: readonly ShippedLine[]) => Promise<void>;

/**
 * Follows log files by the rules that Filebeat documents for its `filestream` input, so that the writer can be tested against
 * them where no Filebeat is to be had: identity by fingerprint, files found by scanning, open files followed through a rename,
 * closed when idle or removed, offsets in a registry that is updated when lines are delivered and saved now and then. So
 * after a kill lines may come twice, and they must never be missing.
 *
 * https://www.elastic.co/docs/reference/beats/filebeat/filebeat-input-filestream
 */
export class FilestreamReader {
  readonly #options: FilestreamOptions;
  readonly #output: Output;
  readonly #registry: Registry;
  readonly #harvesters = new Map<string, Harvester>();
  #known = new Map<string, SeenFile>();
  #next = { scanMs: 0, checkMs: 0, flushMs: 0 };
  #stopped = false;

  constructor(options: FilestreamOptions, output: Output) {
    this.#options = options;
    this.#output = output;
    this.#registry = new Registry(options.registryFile);
    const present = scanFiles(options.dir, options.fingerprintBytes);
    this.#registry.forgetMissing(new Set([...present.values()].map(({ path }) => path)));
  }

  /** Files that are open now. */
  get open(): number {
    return this.#harvesters.size;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Works until `stop`, and then saves where it is. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      const delivered = await this.tick(Date.now());
      if (delivered === 0) await pause(Math.min(5, this.#options.scanMs));
    }
    this.#registry.flush();
    for (const harvester of this.#harvesters.values()) harvester.close();
  }

  /** Does what is due now. @returns how many lines were delivered */
  async tick(now: number): Promise<number> {
    if (now >= this.#next.scanMs) {
      this.#scan();
      this.#next.scanMs = now + this.#options.scanMs;
    }
    let delivered = 0;
    for (const [fingerprint, harvester] of [...this.#harvesters]) {
      if (harvester.nextReadMs <= now) delivered += await this.#harvest(fingerprint, harvester, now);
    }
    if (now >= this.#next.checkMs) {
      this.#closeIdleAndRemoved(now);
      this.#next.checkMs = now + this.#options.stateCheckMs;
    }
    if (now >= this.#next.flushMs) {
      this.#registry.flush();
      this.#next.flushMs = now + this.#options.registryFlushMs;
    }
    return delivered;
  }

  #scan(): void {
    const seen = scanFiles(this.#options.dir, this.#options.fingerprintBytes);
    for (const fingerprint of this.#known.keys()) {
      if (seen.has(fingerprint)) continue;
      this.#close(fingerprint);
      this.#registry.remove(fingerprint);
    }
    for (const [fingerprint, file] of seen) {
      const before = this.#known.get(fingerprint);
      const state = this.#registry.get(fingerprint);
      if (before && file.size < before.size) {
        this.#close(fingerprint);
        this.#registry.set(fingerprint, { offset: 0, source: file.path });
      } else if (state?.source !== file.path) {
        this.#registry.set(fingerprint, { offset: state?.offset ?? 0, source: file.path });
      }
      this.#start(fingerprint, file);
    }
    this.#known = seen;
  }

  #start(fingerprint: string, { path, size, inode }: SeenFile): void {
    const { offset } = this.#registry.get(fingerprint)!;
    if (this.#harvesters.has(fingerprint) || offset === size) return;
    try {
      const harvester = new Harvester(path, offset, this.#options);
      // Renamed since it was looked at: the next scan knows where it is.
      if (harvester.inode !== inode) return harvester.close();
      this.#harvesters.set(fingerprint, harvester);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  async #harvest(fingerprint: string, harvester: Harvester, now: number): Promise<number> {
    const harvest = harvester.harvest(now);
    if ('ended' in harvest) {
      this.#close(fingerprint);
      return 0;
    }
    const last = harvest.lines.at(-1);
    if (!last) return 0;
    const source = this.#registry.get(fingerprint)!.source;
    await this.#output(harvest.lines.map((line) => ({ ...line, fingerprint, path: source })));
    this.#registry.set(fingerprint, { offset: last.end, source });
    return harvest.lines.length;
  }

  #closeIdleAndRemoved(now: number): void {
    for (const [fingerprint, harvester] of this.#harvesters) {
      if (harvester.idleMs(now) > this.#options.closeInactiveMs || harvester.isRemoved) this.#close(fingerprint);
    }
  }

  #close(fingerprint: string): void {
    this.#harvesters.get(fingerprint)?.close();
    this.#harvesters.delete(fingerprint);
  }
}
