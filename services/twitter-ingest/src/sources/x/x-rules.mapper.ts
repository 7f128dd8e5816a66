import { isJson, listIn, type Json } from './x-answer.domain.js';
import type { XRule } from './x-api.types.js';
import { malformed } from './x-page.mapper.js';

/** Rules in an answer about them; X leaves `data` out when there are none. */
export function rulesIn(body: unknown): { rules: XRule[]; meta: Json } {
  if (!isJson(body) || !isJson(body.meta)) throw malformed('it has no meta');
  if (body.data !== undefined && !Array.isArray(body.data)) throw malformed('its data is no list');
  const rules = listIn(body.data).map((rule) => {
    if (!isJson(rule) || typeof rule.id !== 'string' || typeof rule.value !== 'string') {
      throw malformed('a rule without id or value');
    }
    return { id: rule.id, value: rule.value, tag: typeof rule.tag === 'string' ? rule.tag : null };
  });
  return { rules, meta: body.meta };
}
