import type { FollowedPart } from '../../captures/source-driver.js';
import type { XRule } from '../x/index.js';
import { isOurRule, ruleTag, tagQuery } from './tag-query.js';

/** X developer docs, "X API Rate Limits": rules of one stream. */
export const MAX_RULES = 1_000;

export interface RuleDiff {
  add: { value: string; tag: string }[];
  /** Ids. */
  delete: string[];
  /** Parts by the tag of the rule that brings their posts, be it ours or one that was there before. */
  partsOf: Map<string, number[]>;
  /** Parts for which there is no room: polls alone serve them. */
  left: number[];
}

/**
 * What makes the rules at X equal to what is followed. Rules of others are left alone; where one of them asks for the same
 * posts, X refuses a second one, so theirs serves us too.
 */
export function diffRules(existing: readonly XRule[], parts: readonly FollowedPart[], limit = MAX_RULES): RuleDiff {
  const foreign = existing.filter((rule) => !isOurRule(rule.tag));
  const foreignTags = new Map(foreign.flatMap(({ value, tag }) => (tag === null ? [] : [[value, tag] as const])));
  const room = limit - foreign.length;
  const wanted = new Map<string, string>();
  const partsOf = new Map<string, number[]>();
  const left: number[] = [];
  for (const part of parts) {
    const value = tagQuery(part.tag, 'rule');
    const theirs = foreignTags.get(value);
    const tag = theirs ?? ruleTag(part.tagKey);
    if (theirs === undefined && !wanted.has(tag)) {
      if (wanted.size >= room) {
        left.push(part.partId);
        continue;
      }
      wanted.set(tag, value);
    }
    const list = partsOf.get(tag);
    if (list) list.push(part.partId);
    else partsOf.set(tag, [part.partId]);
  }
  const kept = new Set<string>();
  const obsolete: string[] = [];
  for (const { id, tag, value } of existing) {
    if (tag === null || !isOurRule(tag)) continue;
    if (wanted.get(tag) === value && !kept.has(tag)) kept.add(tag);
    else obsolete.push(id);
  }
  const add = [...wanted].filter(([tag]) => !kept.has(tag)).map(([tag, value]) => ({ tag, value }));
  return { add, delete: obsolete, partsOf, left };
}
