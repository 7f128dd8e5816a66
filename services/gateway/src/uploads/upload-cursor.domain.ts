import { CodedError } from '#libs/kernel';
import type { UploadCursor } from './upload.types.js';

const FORM = /^(\d{1,15})\.([0-9a-f-]{36})$/;

/** The place after an upload, as clients carry it. */
export function encodeCursor({ created_at, id }: { created_at: Date; id: string }): string {
  return Buffer.from(`${created_at.getTime()}.${id}`).toString('base64url');
}

/** @throws CodedError when it is none of ours */
export function decodeCursor(cursor: string): UploadCursor {
  const match = FORM.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (!match) throw new CodedError('REQUEST.CURSOR', 'invalid', 'the cursor is not one of this list');
  return { createdAt: new Date(Number(match[1])), id: match[2]! };
}
