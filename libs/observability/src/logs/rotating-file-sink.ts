import * as fs from 'node:fs';
import { promisify } from 'node:util';
import { claimLogFile, type LogFileClaim } from './instance-lock.js';
import type { LineSink } from './log-writer.js';
import { pruneRotated, rotatedPath, type RotationPolicy } from './rotation.js';

const writeAt = promisify(fs.write);
const CHECK_MS = 1_000;
const LINE_FEED = 0x0a;

export interface RotatingFileOptions extends RotationPolicy {
  /** Folder, made when it is missing. */
  dir: string;
  /** File name without `.ndjson`: `<service>.<instance>`. */
  name: string;
  /** First line of every file. Longer than 1 KB, because Filebeat tells files apart by their first 1,024 bytes. */
  header: () => string;
}

/**
 * A log file that is put aside when it is full or old ("create" rotation: the full file is renamed, a new one begins).
 *
 * Every write names its position in the file. So when the process has to end while a write is under way, the same bytes are
 * written again to the same place, which neither loses nor doubles a line.
 */
export class RotatingFileSink implements LineSink {
  readonly #options: RotatingFileOptions;
  #claim: LogFileClaim | undefined;
  #descriptor: number | undefined;
  #position = 0;
  #bornMs = 0;
  #checkedMs = 0;
  #underWay = 0;

  constructor(options: RotatingFileOptions) {
    this.#options = options;
  }

  /** Path of the current file, once it is open. */
  get path(): string | undefined {
    return this.#claim?.path;
  }

  async write(chunk: Buffer): Promise<void> {
    const descriptor = this.#prepare(chunk.length);
    const start = this.#position;
    this.#underWay++;
    try {
      // What a failed write leaves stays where it is: the next attempt writes the same bytes to the same place. A file that
      // shrinks would be a new one to whoever follows it.
      for (let done = 0; done < chunk.length;) {
        done += (await writeAt(descriptor, chunk, done, chunk.length - done, start + done)).bytesWritten;
      }
      this.#position = Math.max(this.#position, start + chunk.length);
    } finally {
      this.#underWay--;
    }
  }

  writeSync(chunk: Buffer): void {
    this.#writeSyncAt(this.#prepare(chunk.length), chunk);
  }

  close(): void {
    if (this.#descriptor !== undefined && this.#underWay === 0) fs.closeSync(this.#descriptor);
    this.#descriptor = undefined;
    this.#claim?.release();
    this.#claim = undefined;
  }

  /** Opens or rotates as needed; synchronous, so that only a write can be under way when the process ends. */
  #prepare(bytes: number): number {
    if (this.#underWay > 0 && this.#descriptor !== undefined) return this.#descriptor;
    const now = Date.now();
    if (this.#descriptor !== undefined && now - this.#checkedMs >= CHECK_MS) this.#checkStillOurs(now);
    const descriptor = this.#descriptor ?? this.#open(now);
    const { maxFileBytes, maxFileAgeMs } = this.#options;
    const full = this.#position + bytes > maxFileBytes || now - this.#bornMs > maxFileAgeMs;
    return full && this.#position > 0 ? this.#rotate(descriptor, now) : descriptor;
  }

  #open(now: number): number {
    const { dir, name } = this.#options;
    if (!this.#claim) {
      fs.mkdirSync(dir, { recursive: true, mode: 0o750 });
      this.#claim = claimLogFile(`${dir}/${name}`);
    }
    const descriptor = fs.openSync(this.#claim.path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o640);
    const { size, birthtimeMs, mtimeMs } = fs.fstatSync(descriptor);
    this.#position = size;
    this.#bornMs = size === 0 ? now : birthtimeMs > 0 ? birthtimeMs : mtimeMs;
    this.#checkedMs = now;
    try {
      this.#endTornLine(descriptor);
      if (size === 0) this.#writeSyncAt(descriptor, this.#header());
    } catch (error) {
      fs.closeSync(descriptor);
      throw error;
    }
    this.#descriptor = descriptor;
    return descriptor;
  }

  #header(): Buffer {
    return Buffer.from(`${this.#options.header()}\n`);
  }

  #rotate(descriptor: number, now: number): number {
    const path = this.#claim!.path;
    let target = rotatedPath(path, now, 0);
    for (let attempt = 1; fs.existsSync(target); attempt++) target = rotatedPath(path, now, attempt);
    // What a failed write left is written again, to the next file: here it would be half a line at the end.
    if (fs.fstatSync(descriptor).size > this.#position) fs.ftruncateSync(descriptor, this.#position);
    fs.renameSync(path, target);
    this.#descriptor = undefined;
    fs.closeSync(descriptor);
    pruneRotated(path, this.#options);
    return this.#open(now);
  }

  /** Somebody may have deleted, moved or emptied the file: then our position means nothing any more. */
  #checkStillOurs(now: number): void {
    this.#checkedMs = now;
    const descriptor = this.#descriptor!;
    const ours = fs.fstatSync(descriptor);
    const there = fs.statSync(this.#claim!.path, { throwIfNoEntry: false });
    if (!there || there.ino !== ours.ino || there.dev !== ours.dev) {
      fs.closeSync(descriptor);
      this.#descriptor = undefined;
    } else {
      this.#position = Math.min(this.#position, ours.size);
      if (ours.size === 0) this.#writeSyncAt(descriptor, this.#header());
    }
  }

  #writeSyncAt(descriptor: number, chunk: Buffer): void {
    const start = this.#position;
    let done = 0;
    try {
      while (done < chunk.length) done += fs.writeSync(descriptor, chunk, done, chunk.length - done, start + done);
    } catch (error) {
      this.#cutTorn(descriptor, chunk.subarray(0, done));
      throw error;
    }
    this.#position = start + chunk.length;
  }

  /** A machine that lost power may leave half a line; it must not run into the next one. */
  #endTornLine(descriptor: number): void {
    if (this.#position === 0) return;
    const last = Buffer.alloc(1);
    fs.readSync(descriptor, last, 0, 1, this.#position - 1);
    if (last[0] !== LINE_FEED) this.#writeSyncAt(descriptor, Buffer.from('\n'));
  }

  /** There may be no next attempt after a synchronous write: whole lines stay, half a line at their end does not. */
  #cutTorn(descriptor: number, written: Buffer): void {
    try {
      fs.ftruncateSync(descriptor, this.#position + written.lastIndexOf(LINE_FEED) + 1);
    } catch {
      // The disk refuses this too; the next write starts at the same position.
    }
  }
}
