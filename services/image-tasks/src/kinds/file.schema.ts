import { z } from 'zod';

/** A stored file as parameters of jobs name it. */
export const fileSchema = z.object({
  ref: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().nonnegative(),
  crc32: z.int().nonnegative().optional(),
});
export type StoredFile = z.infer<typeof fileSchema>;
