import { z } from 'zod';
import { CodedError } from '#libs/kernel';

const positionSchema = z.object({
  at: z.int(),
  id: z.union([z.int(), z.string().max(64)]),
});

/** A place in a listing that is sorted by time, newest first, then by id. */
export type Position = z.infer<typeof positionSchema>;

export class BadCursorError extends CodedError {
  constructor() {
    super('PAGING.BAD_CURSOR', 'invalid', 'cursor: use the next_cursor of an earlier page, unchanged');
  }
}

export function encodeCursor(position: Position): string {
  return Buffer.from(JSON.stringify([position.at, position.id])).toString('base64url');
}

/** @throws BadCursorError */
export function decodeCursor(cursor: string): Position {
  try {
    const [at, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    return positionSchema.parse({ at, id });
  } catch {
    throw new BadCursorError();
  }
}
