import type { MappedRecord } from './contract.js';
import { isObject } from './fields.js';
import { mapJetstream } from './jetstream.mapper.js';
import { isMastodonEvent, mapMastodonEvent, mapMastodonStatus } from './mastodon.mapper.js';
import { isXNotice, mapXNotice } from './x-notice.mapper.js';
import { mapV1Page, mapV1Status } from './x-v1.mapper.js';
import { isV2Page, mapV2Flat, mapV2Page } from './x-v2.mapper.js';

/** Tells by its structure what a parsed record is, and maps it. Takes any JSON value and never throws. */
export function mapRecord(value: unknown): MappedRecord {
  if (!isObject(value)) return bad(`a record must be a JSON object, this is ${nameOf(value)}`);
  if (isV2Page(value)) return mapV2Page(value);
  if (typeof value.did === 'string' && typeof value.kind === 'string') return mapJetstream(value);
  if (Array.isArray(value.statuses)) return mapV1Page(value);
  if (isObject(value.user) && ('full_text' in value || 'text' in value)) return mapV1Status(value);
  if (isObject(value.account) && ('content' in value || 'reblog' in value)) return mapMastodonStatus(value);
  if (isMastodonEvent(value)) return mapMastodonEvent(value);
  if (typeof value.text === 'string' && 'id' in value) return mapV2Flat(value);
  if (isXNotice(value)) return mapXNotice(value);
  return bad(`no known kind of record; its keys are ${keysOf(value)}`);
}

function bad(reason: string): MappedRecord {
  return { type: 'bad', reason };
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}

function keysOf(value: object): string {
  const keys = Object.keys(value);
  if (keys.length === 0) return 'none';
  const shown = keys.slice(0, 6).map((key) => JSON.stringify(key.slice(0, 30)));
  return shown.join(', ') + (keys.length > shown.length ? ` and ${keys.length - shown.length} more` : '');
}
