import { figureOf, isJson } from './x-answer.domain.js';
import type { XUsage } from './x-api.types.js';

/** Null when the answer has another form. The figures come as strings. */
export function usageOf(body: unknown, now: Date): XUsage | null {
  const data = isJson(body) ? body.data : null;
  if (!isJson(data)) return null;
  const [cap, used, capResetDay] = [data.project_cap, data.project_usage, data.cap_reset_day].map(figureOf);
  if (typeof cap !== 'number' || typeof used !== 'number' || typeof capResetDay !== 'number') return null;
  if (capResetDay < 1 || capResetDay > 31) return null;
  return { cap, used, capResetDay, capResetAt: nextCapReset(capResetDay, now) };
}

/** Midnight (UTC) that begins the next such day of a month; a month without that day has its last day instead. */
export function nextCapReset(day: number, now: Date): Date {
  const inMonth = (offset: number) => {
    const [year, month] = [now.getUTCFullYear(), now.getUTCMonth() + offset];
    const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
    return new Date(Date.UTC(year, month, Math.min(day, lastDay)));
  };
  const thisMonth = inMonth(0);
  return thisMonth > now ? thisMonth : inMonth(1);
}
