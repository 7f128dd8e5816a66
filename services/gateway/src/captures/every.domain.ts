import { z } from 'zod';
import { everySecondsSchema } from '#libs/contracts';

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

const error = 'must be seconds from 10 to 86400, or a text such as 30s, 15m, 1h or 1d within that';

/** How long to wait between two polls: seconds, or a number with a unit. Parses to seconds. */
export const everySchema = z
  .union(
    [
      z.int({ error }).min(10, { error }).max(86_400, { error }),
      z.string({ error }).regex(/^[1-9]\d{0,5}[smhd]$/, { error }),
    ],
    { error },
  )
  .transform((every) => (typeof every === 'number' ? every : Number(every.slice(0, -1)) * UNIT_SECONDS[every.at(-1)!]!))
  .refine((seconds) => everySecondsSchema.safeParse(seconds).success, { error });
