import { createHmac } from 'node:crypto';
import type { Source } from '#libs/contracts';

/** A handle as people write it in a text: `@ana`, `@ana@example.social`, `@ana.example.net`. Mail addresses are none. */
const MENTION =
  /(?<![\p{L}\p{N}_.+-])[@＠][\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?(?:@[\p{L}\p{N}.-]*[\p{L}\p{N}])?/gu;

/** Makes names that stay the same within one tenant and say nothing about who is behind them to anyone without the key. */
export class Pseudonyms {
  constructor(private readonly key: Buffer) {}

  author(source: Source, extId: string): string {
    return `author-${this.digest('author', source, extId)}`;
  }

  /** Ids of most networks contain or lead to the author, so a post gets another one too. */
  post(source: Source, extId: string): string {
    return `post-${this.digest('post', source, extId)}`;
  }

  private digest(...parts: string[]): string {
    return createHmac('sha256', this.key).update(JSON.stringify(parts)).digest('hex').slice(0, 32);
  }
}

export function withoutMentions(text: string): string {
  return text.replace(MENTION, '@…');
}

/** Two significant digits: the exact number of followers would single an author out. */
export function roughly(followers: number | null): number | null {
  return followers === null ? null : Number(followers.toPrecision(2));
}
