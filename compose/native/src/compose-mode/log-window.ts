import { mergeByTime, type LogLine } from '../logs/log-line.js';

/** How many lines more than it has to it holds before it sorts them. */
const SLACK = 100_000;

/** The newest lines of files that are read one after the other, and what is newer than these. */
export class LogWindow {
  private lines: LogLine[] = [];

  constructor(
    private readonly limit: number,
    private readonly slack = SLACK,
  ) {}

  add(line: LogLine): void {
    this.lines.push(line);
    if (this.lines.length > this.kept + this.slack) this.lines = this.newest();
  }

  /** At most the last `limit` lines by time. */
  shown(): LogLine[] {
    return this.limit === 0 ? [] : this.newest();
  }

  /**
   * Tells of the ends of the same files, read again, what was written meanwhile: old lines of a file where little is written
   * are no news.
   */
  news(): (line: LogLine) => boolean {
    const known = this.newest();
    const raws = new Set(known.map(({ raw }) => raw));
    const from = known[0]?.time ?? '';
    return ({ raw, time }) => time >= from && !raws.has(raw);
  }

  /** Where none are wanted, the newest one still says where news begin. */
  private get kept(): number {
    return Math.max(1, this.limit);
  }

  private newest(): LogLine[] {
    return mergeByTime(this.lines).slice(-this.kept);
  }
}
