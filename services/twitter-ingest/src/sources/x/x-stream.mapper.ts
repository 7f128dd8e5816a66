import { mapRecord } from '../../formats/index.js';
import { isJson, listIn, parseJson, problemType, type Json } from './x-answer.domain.js';
import type { XStreamItem } from './x-api.types.js';
import { billedOf } from './x-page.mapper.js';
import { detailOf, namedProblem, type XProblem } from './x-problem.domain.js';
import type { StreamLine } from './x-stream.reader.js';

/** What a line of the stream is, or why the stream is over. */
export function readStreamLine(line: StreamLine): XStreamItem | { type: 'problem'; problem: XProblem } {
  if (line === 'keep-alive') return { type: 'keep-alive' };
  if (line === 'overlong') return { type: 'malformed', reason: 'a line is longer than any post' };
  const value = parseJson(line);
  if (value === undefined) return { type: 'malformed', reason: 'a line is no JSON in UTF-8' };
  if (!isJson(value)) return { type: 'malformed', reason: 'a line is no JSON object' };
  return value.data === undefined ? readNotice(value) : readPost(value);
}

function readPost(value: Json): XStreamItem {
  const mapped = mapRecord(value);
  if (mapped.type === 'bad') return { type: 'malformed', reason: mapped.reason };
  const { posts, deletions, errors } = mapped;
  if (posts.length + deletions.length === 0 && errors[0]) return { type: 'malformed', reason: errors[0].reason };
  const ruleTags = listIn(value.matching_rules).flatMap((rule) =>
    isJson(rule) && typeof rule.tag === 'string' ? [rule.tag] : [],
  );
  return { type: 'record', mapped, ruleTags, billed: billedOf(value) };
}

/** Errors come in the stream as well; those with a meaning end it. */
function readNotice(value: Json): XStreamItem | { type: 'problem'; problem: XProblem } {
  const problem = namedProblem(value);
  if (problem) return { type: 'problem', problem };
  const said = listIn(value.errors).find(isJson) ?? value;
  const known = mapRecord(value);
  if (known.type === 'bad' && detailOf(said) === '') return { type: 'malformed', reason: known.reason };
  if (known.type === 'posts' && known.deletions.length > 0) {
    return { type: 'record', mapped: known, ruleTags: [], billed: billedOf({}) };
  }
  return { type: 'notice', notice: problemType(said), detail: detailOf(said) };
}
