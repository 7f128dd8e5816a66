import { createHash } from 'node:crypto';
import { UpstreamError } from '../../captures/upstream.errors.js';

/** Longest queries of a self-serve account (X developer docs, "Build a query"). */
export const QUERY_LENGTH = { recent: 512, archive: 1_024, rule: 1_024 } as const;

/** Told from rules that other programs have set with the same credential: those are left alone. */
const RULE_MARK = 'mirante:';

/**
 * The query for posts with a tag. X matches a tag in any case, and in the posts a post shows again. A tag has letters,
 * digits and joiners only, so nothing in it can be taken for an operator and it needs no quotes.
 *
 * @throws UpstreamError when X would refuse it for its length
 */
export function tagQuery(tag: string, place: keyof typeof QUERY_LENGTH): string {
  const query = `#${tag.normalize('NFKC').replace(/^#/, '')}`;
  const length = Array.from(query).length;
  if (length > QUERY_LENGTH[place]) {
    const message = `the query has ${length} characters, X takes ${QUERY_LENGTH[place]}`;
    throw new UpstreamError('rejected-request', 'fail', message);
  }
  return query;
}

/** The name of our rule for a tag: short, whatever the tag is written in. */
export function ruleTag(key: string): string {
  return `${RULE_MARK}${createHash('sha256').update(key).digest('hex').slice(0, 24)}`;
}

export function isOurRule(tag: string | null): boolean {
  return tag?.startsWith(RULE_MARK) ?? false;
}
