import { MAX_TALLY_REFERRERS, MAX_TALLY_VISITORS, OTHER_REFERRERS, type VisitTally } from '#libs/contracts';
import type { VisitorMarks } from './visitor-marks.js';

const MAX_MESSAGE_TALLIES = 200;

/** How a visit is counted. */
export type CountedClass = 'human' | 'dnt' | 'bot';

/** Visitors of one message: 40 bytes each, of the 256 KiB a message may have. */
const MAX_MESSAGE_VISITORS = 4_000;

/** Referrers of one message: up to 125 bytes each. */
const MAX_MESSAGE_REFERRERS = 300;

interface Group {
  site: string;
  day: string;
  hits: number;
  dnt: number;
  bots: number;
  visitors: Map<string, VisitorMarks['registers']>;
  referrers: Map<string, number>;
}

/**
 * Sums visits by site and day until they are sent. Its size depends on how many different visitors there are, not on how
 * many hits, and has a limit, which those that are on their way count against.
 */
export class TallyBuffer {
  private groups = new Map<string, Group>();
  private visitorCount = 0;

  constructor(private readonly maxVisitors: number) {}

  get isEmpty(): boolean {
    return this.groups.size === 0;
  }

  /** Different visitors in it and on their way. */
  get visitors(): number {
    return this.visitorCount;
  }

  /**
   * @param referrer host of the page that led to the visit
   * @returns false when there is no room; the visit is not counted then
   */
  add(site: string, day: string, kind: CountedClass, marks?: VisitorMarks, referrer?: string): boolean {
    const isNew = marks !== undefined && !this.groups.get(keyOf(site, day))?.visitors.has(marks.visitor);
    if (isNew && this.visitorCount >= this.maxVisitors) return false;
    const group = this.groupOf(site, day);
    if (isNew) {
      group.visitors.set(marks.visitor, marks.registers);
      this.visitorCount++;
    }
    if (kind === 'bot') group.bots++;
    else group.hits++;
    if (kind === 'dnt') group.dnt++;
    if (referrer !== undefined) addReferrer(group.referrers, referrer);
    return true;
  }

  /** Takes out as much as one message holds. Its visitors need their room until they are {@link release}d. */
  take(): VisitTally[] {
    const tallies: VisitTally[] = [];
    let room = MAX_MESSAGE_VISITORS;
    let referrerRoom = MAX_MESSAGE_REFERRERS;
    for (const [key, group] of this.groups) {
      if (room === 0 || tallies.length === MAX_MESSAGE_TALLIES) break;
      const part = [...group.visitors].slice(0, Math.min(room, MAX_TALLY_VISITORS));
      const referrers = [...group.referrers].slice(0, referrerRoom);
      tallies.push({ ...tallyOf(group, part), referrers: referrers.map(([host, hits]) => ({ host, hits })) });
      room -= part.length;
      referrerRoom -= referrers.length;
      for (const [visitor] of part) group.visitors.delete(visitor);
      for (const [host] of referrers) group.referrers.delete(host);
      // The counters have gone with the first part; what is left are visitors and referrers.
      if (group.visitors.size + group.referrers.size === 0) this.groups.delete(key);
      else Object.assign(group, { hits: 0, dnt: 0, bots: 0 });
    }
    return tallies;
  }

  /** Gives back the room of what has arrived, or is given up. */
  release(tallies: readonly VisitTally[]): void {
    this.visitorCount -= visitorsIn(tallies);
  }

  private groupOf(site: string, day: string): Group {
    const key = keyOf(site, day);
    let group = this.groups.get(key);
    if (!group) {
      group = { site, day, hits: 0, dnt: 0, bots: 0, visitors: new Map(), referrers: new Map() };
      this.groups.set(key, group);
    }
    return group;
  }
}

function keyOf(site: string, day: string): string {
  return `${day} ${site}`;
}

function addReferrer(referrers: Map<string, number>, host: string): void {
  const isKnown = referrers.has(host) || referrers.size < MAX_TALLY_REFERRERS - 1;
  const name = isKnown ? host : OTHER_REFERRERS;
  referrers.set(name, (referrers.get(name) ?? 0) + 1);
}

function visitorsIn(tallies: readonly VisitTally[]): number {
  return tallies.reduce((sum, { visitors }) => sum + visitors.length, 0);
}

/** Both lists are sorted: their order must not say which entries belong together, nor who came first. */
function tallyOf(
  { site, day, hits, dnt, bots }: Group,
  part: [string, VisitorMarks['registers']][],
): Omit<VisitTally, 'referrers'> {
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
