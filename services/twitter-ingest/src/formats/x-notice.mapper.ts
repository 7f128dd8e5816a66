import type { MappedRecord } from './contract.js';
import { numeral, objectOf, type Json } from './fields.js';
import { epochInstant, isoInstant } from './instants.js';
import { emptyMapped } from './mapped.js';

/** Messages of X's streams that are no posts, by the key that names them. */
const NOTICES = [
  'delete',
  'limit',
  'warning',
  'scrub_geo',
  'status_withheld',
  'user_withheld',
  'withheld',
  'drop',
  'undrop',
  'tweet_edit',
  'user_delete',
  'user_undelete',
  'user_protect',
  'user_unprotect',
  'user_suspend',
  'user_unsuspend',
  'disconnect',
  'control',
  'friends',
  'friends_str',
  'info',
] as const;

export function isXNotice(record: Json): boolean {
  return NOTICES.some((key) => key in record && !('text' in record)) || typeof record.event === 'string';
}

/** Deletions of v1.1 (`delete.status`) and of the compliance streams (`delete.tweet`); the rest is no concern of a tag. */
export function mapXNotice(record: Json): MappedRecord {
  const notice = objectOf(record.delete);
  const compliance = notice ? (objectOf(notice.tweet) ?? objectOf(notice.post)) : null;
  const mapped = emptyMapped(compliance ? 'x-compliance' : 'x-v1-notice');
  const target = compliance ?? objectOf(notice?.status);
  if (!notice || !target) {
    mapped.skipped = 1;
    return mapped;
  }
  const extId = numeral(target.id_str) ?? numeral(target.id);
  if (extId === null) return { type: 'bad', reason: 'a deletion without a usable id' };
  mapped.deletions.push({ source: 'x', extId, deletedAt: deletedAt(notice) });
  return mapped;
}

function deletedAt(notice: Json): number | null {
  if (typeof notice.timestamp_ms === 'string' && /^\d{13}$/.test(notice.timestamp_ms)) {
    return epochInstant(Number(notice.timestamp_ms));
  }
  return isoInstant(notice.event_at);
}
