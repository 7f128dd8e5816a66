import { BadCursorError } from '../cursor.domain.js';
import type { PostPosition } from '../posts/post-listing.types.js';

/** Where an export is: behind `after`, and never beyond the post that was the newest when it began. */
export interface ExportPosition {
  newestId: number;
  after: PostPosition | null;
}

const CURSOR = /^(\d{1,16})(?:\.(\d{1,15})\.(\d{1,16}))?$/;

export function encodeExportPosition({ newestId, after }: ExportPosition): string {
  return after ? `${newestId}.${after.at.getTime()}.${after.id}` : String(newestId);
}

/** @throws BadCursorError */
export function decodeExportPosition(cursor: string): ExportPosition {
  const [, newestId, at, id] = CURSOR.exec(cursor) ?? [];
  if (newestId === undefined) throw new BadCursorError();
  const after = at === undefined ? null : { at: new Date(Number(at)), id: Number(id) };
  return { newestId: Number(newestId), after };
}
