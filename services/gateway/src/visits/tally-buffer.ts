import { MAX_TALLY_VISITORS, type VisitTally } from '#libs/contracts';
import type { VisitorMarks } from './visitor-marks.js';

const MAX_MESSAGE_TALLIES = 200;

/** How a visit is counted. */
export type CountedClass = 'human' | 'dnt' | 'bot';

/** Visitors of one message: 40 bytes each, of the 256 KiB a message may have. */
const MAX_MESSAGE_VISITORS = 4_000;

interface Group {
  site: string;
  day: string;
  hits: number;
  dnt: number;
  bots: number;
  visitors: Map<string, VisitorMarks['registers']>;
}

/**
 * Sums visits by site and day until they are sent. Its size depends on how many different visitors there are, not on how
 * many hits, and has a limit.
 */
export class TallyBuffer {
  private groups = new Map<string, Group>();
  private visitorCount = 0;

  constructor(private readonly maxVisitors: number) {}

  get isEmpty(): boolean {
    return this.groups.size === 0;
  }

  /** Different visitors in it. */
  get visitors(): number {
    return this.visitorCount;
  }

  /** @returns false when there is no room; the visit is not counted then */
  add(site: string, day: string, kind: CountedClass, marks?: VisitorMarks): boolean {
    const group = this.groupOf(site, day);
    if (marks && !group.visitors.has(marks.visitor)) {
      if (this.visitorCount >= this.maxVisitors) return false;
      group.visitors.set(marks.visitor, marks.registers);
      this.visitorCount++;
    }
    if (kind === 'bot') group.bots++;
    else group.hits++;
    if (kind === 'dnt') group.dnt++;
    return true;
  }

  /** Takes out as much as one message holds. */
  take(): VisitTally[] {
    const tallies: VisitTally[] = [];
    let room = MAX_MESSAGE_VISITORS;
    for (const [key, group] of this.groups) {
      if (room === 0 || tallies.length === MAX_MESSAGE_TALLIES) break;
      const part = [...group.visitors].slice(0, Math.min(room, MAX_TALLY_VISITORS));
      tallies.push(tallyOf(group, part));
      room -= part.length;
      this.visitorCount -= part.length;
      for (const [visitor] of part) group.visitors.delete(visitor);
      // The counters have gone with the first part; what is left are visitors only.
      if (group.visitors.size === 0) this.groups.delete(key);
      else Object.assign(group, { hits: 0, dnt: 0, bots: 0 });
    }
    return tallies;
  }

  private groupOf(site: string, day: string): Group {
    const key = `${day} ${site}`;
    let group = this.groups.get(key);
    if (!group) {
      group = { site, day, hits: 0, dnt: 0, bots: 0, visitors: new Map() };
      this.groups.set(key, group);
    }
    return group;
  }
}

/** Both lists are sorted: their order must not say which entries belong together, nor who came first. */
function tallyOf({ site, day, hits, dnt, bots }: Group, part: [string, VisitorMarks['registers']][]): VisitTally {
  const byPeriod = new Map<number, Set<number>>();
  for (const [, registers] of part) {
    for (const { period, value } of registers) {
      const values = byPeriod.get(period);
      if (values) values.add(value);
      else byPeriod.set(period, new Set([value]));
    }
  }
  return {
    site,
    day,
    hits,
    dnt,
    bots,
    visitors: part.map(([visitor]) => visitor).sort(),
    registers: [...byPeriod].map(([period, values]) => ({ period, values: [...values].sort((a, b) => a - b) })),
  };
}
