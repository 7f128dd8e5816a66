import { z } from 'zod';
import type { Checkpoint } from '../../captures/source-driver.js';

const mark = z.tuple([z.string(), z.number(), z.string().optional()]).readonly();

const checkpointSchema = z.object({
  /** Newest first: the overlap with what was read. */
  marks: z.array(mark),
  /** Where the backfill is, or the round of a poll: an id of the instance. */
  at: z.string().nullable(),
  /** Pages of the backfill so far. */
  pages: z.int(),
});
export type MastodonCheckpoint = z.infer<typeof checkpointSchema>;

/** A checkpoint nobody can read any more begins anew: posts that come again are recognised. */
export function readCheckpoint(stored: Checkpoint | null): MastodonCheckpoint {
  const { success, data } = checkpointSchema.safeParse(stored);
  return success ? data : { marks: [], at: null, pages: 0 };
}
