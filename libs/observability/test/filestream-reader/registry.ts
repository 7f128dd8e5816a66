import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** How far a file was read, and where it was seen last. */
export interface FileState {
  offset: number;
  source: string;
}

/** What a reader remembers of files over its restarts; on disk only as of its last flush, as in Filebeat (`filebeat.registry.flush`). */
export class Registry {
  readonly #file: string;
  readonly #states: Map<string, FileState>;
  #dirty = false;

  constructor(file: string) {
    this.#file = file;
    const saved = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, FileState>) : {};
    this.#states = new Map(Object.entries(saved));
  }

  get(fingerprint: string): FileState | undefined {
    return this.#states.get(fingerprint);
  }

  set(fingerprint: string, state: FileState): void {
    this.#states.set(fingerprint, state);
    this.#dirty = true;
  }

  remove(fingerprint: string): void {
    this.#dirty = this.#states.delete(fingerprint) || this.#dirty;
  }

  /** `clean_removed`, as it works at the start: what is no longer where it was seen last is forgotten. */
  forgetMissing(paths: ReadonlySet<string>): void {
    for (const [fingerprint, { source }] of this.#states) if (!paths.has(source)) this.remove(fingerprint);
  }

  flush(): void {
    if (!this.#dirty) return;
    writeFileSync(`${this.#file}.new`, JSON.stringify(Object.fromEntries(this.#states)));
    renameSync(`${this.#file}.new`, this.#file);
    this.#dirty = false;
  }
}
