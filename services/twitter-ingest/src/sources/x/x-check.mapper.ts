import { isJson, listIn, rateOf, type Json, type XAnswer } from './x-answer.domain.js';
import type { XCheck } from './x-api.types.js';
import { billedOf, malformed, missingReasons, withheldIn } from './x-page.mapper.js';

/** What X still shows of posts that were asked for by id, and why it does not show the others. */
export function readCheck(answer: XAnswer, asked: readonly string[]): XCheck {
  const { body } = answer;
  if (!isJson(body)) throw malformed('it is no JSON object');
  if (body.data !== undefined && body.data !== null && !Array.isArray(body.data))
    throw malformed('its data is no list');
  const shown = listIn(body.data).filter(isJson);
  if (shown.length + listIn(body.errors).length === 0) throw malformed('it holds neither posts nor errors');
  const latest = new Map<string, { latestId: string; hasPlace: boolean }>();
  for (const post of shown) {
    if (typeof post.id !== 'string') continue;
    const history = historyOf(post);
    const found = {
      latestId: history.at(-1) ?? post.id,
      hasPlace: isJson(post.geo) && Object.keys(post.geo).length > 0,
    };
    for (const id of [...history, post.id]) latest.set(id, found);
  }
  const reasons = missingReasons(body);
  return {
    found: asked.flatMap((id) => (latest.has(id) ? [{ id, ...latest.get(id)! }] : [])),
    missing: asked.filter((id) => !latest.has(id)).map((id) => ({ id, reason: reasons.get(id) ?? 'unexplained' })),
    withheld: withheldIn(shown),
    rate: rateOf(answer.headers),
    billed: billedOf(body),
    requests: 1,
  };
}

/** Ids of all versions, oldest first. A list with anything else in it proves nothing. */
function historyOf(post: Json): string[] {
  const ids = listIn(post.edit_history_tweet_ids ?? post.edit_history_post_ids);
  const valid = ids.filter((id): id is string => typeof id === 'string' && /^[1-9]\d{0,18}$/.test(id));
  return valid.length === ids.length && valid.includes(String(post.id)) ? valid : [];
}
