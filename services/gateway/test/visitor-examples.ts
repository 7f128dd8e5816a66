import type { VisitorBucket, VisitorKeys, VisitorSummary } from '#libs/contracts';

const DAY_MS = 86_400_000;
const dayText = (offset: number) => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10);

function bucket(first: number, unique: number, exact: boolean = true): VisitorBucket {
  return {
    from: dayText(first),
    to: dayText(1),
    unique,
    exact,
    ...(!exact && { error_pct: 0.6 }),
    hits: unique * 2,
    bots: 3,
    dnt: 1,
  };
}

/** Figures that can be told apart: 4 today, 1 the day before. */
export function summaryExample(site: string, today: number = 4): VisitorSummary {
  const days = Array.from({ length: 30 }, (_, index) =>
    bucket(index - 29, index === 29 ? today : index === 28 ? 1 : 0),
  );
  return {
    site,
    tz: 'UTC',
    definition: 'v1',
    today: days[29]!,
    yesterday: days[28]!,
    last_7_days: bucket(-6, 1234, false),
    last_30_days: bucket(-29, 5678, false),
    month: bucket(-20, 4321, false),
    all_time: { ...bucket(-900, 98_765, false), may_repeat: true },
    days,
  };
}

/** Keys of today and tomorrow, the same on every call. */
export function keysExample(): VisitorKeys {
  const secret = Buffer.alloc(32, 'k').toString('base64url');
  return {
    days: [dayText(0), dayText(1)].map((day) => ({ day, secret })),
    periods: [7, 8].map((period) => ({ period, first_day: dayText(-20), last_day: dayText(20), secret })),
  };
}
