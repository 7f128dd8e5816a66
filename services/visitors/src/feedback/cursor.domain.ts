import { z } from 'zod';
import { BadCursorError } from './feedback.errors.js';

const position = z.tuple([z.int().min(0).max(8.64e15), z.uuid()]);

/** A place in the list: newest first, then by id. */
export function encodeCursor({ createdAt, id }: { createdAt: Date; id: string }): string {
  return Buffer.from(JSON.stringify([createdAt.getTime(), id])).toString('base64url');
}

/** @throws BadCursorError */
export function decodeCursor(cursor: string): { at: Date; id: string } {
  try {
    const [at, id] = position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return { at: new Date(at), id };
  } catch {
    throw new BadCursorError();
  }
}
