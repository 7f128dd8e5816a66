import { z } from 'zod';
import { BadCursorError } from './tasks.errors.js';

// DATETIME(6) with microseconds does not fit a Date; the list pages by what a Date holds and by the id.
const position = z.tuple([z.int().min(0).max(8.64e15), z.uuid()]);

/** A place in the list: newest first, then by id. */
export function encodeCursor({ queuedAt, id }: { queuedAt: Date; id: string }): string {
  return Buffer.from(JSON.stringify([queuedAt.getTime(), id])).toString('base64url');
}

/** @throws BadCursorError */
export function decodeCursor(cursor: string): { queuedAt: Date; id: string } {
  try {
    const [at, id] = position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return { queuedAt: new Date(at), id };
  } catch {
    throw new BadCursorError();
  }
}
