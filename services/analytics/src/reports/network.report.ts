import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { TagNetwork, tagNetworkReport } from '#libs/contracts';
import type { SqlExecutor } from '#libs/kernel';
import { ROLLUPS } from '../rollups.domain.js';
import { CountRepository } from './count.repository.js';
import type { Filter } from './filter.domain.js';
import { ReportRunner } from './report-runner.service.js';
import { countOf } from './report-sql.domain.js';

/** The tags around one tag, and how many posts every two of them share. */
@Injectable()
export class NetworkReport {
  constructor(
    private readonly runner: ReportRunner,
    private readonly counts: CountRepository,
  ) {}

  answer(input: z.output<typeof tagNetworkReport.input>): Promise<TagNetwork> {
    return this.runner.run('tag-network', input, async (db, filter) => {
      const { rows } = await this.counts.coTags(db, filter, input.limit);
      const nodes = await this.nodes(db, filter, [input.tag, ...rows.map(({ tag }) => tag)]);
      return { answer: { tag: input.tag, nodes, edges: await this.edges(db, filter, nodes) }, usesFacts: false };
    });
  }

  private async nodes(db: SqlExecutor, filter: Filter, tags: string[]): Promise<TagNetwork['nodes']> {
    const { sql, values } = sourceCondition('r', filter);
    const rows = await db.query<{ tag: string; posts: unknown }[]>(
      `SELECT t.tag_key AS tag, SUM(${countOf(filter)}) AS posts
        FROM tag t JOIN ${ROLLUPS.lang.table} r ON r.tag_id = t.id
        WHERE t.tag_key IN (?) ${sql} GROUP BY t.tag_key HAVING SUM(${countOf(filter)}) > 0`,
      [tags, ...values],
    );
    const posts = new Map(rows.map((row) => [row.tag, Number(row.posts)]));
    // In the order asked: the tag itself, then the most frequent ones.
    return tags.flatMap((tag) => (posts.has(tag) ? { tag, posts: posts.get(tag)! } : []));
  }

  private async edges(db: SqlExecutor, filter: Filter, nodes: TagNetwork['nodes']): Promise<TagNetwork['edges']> {
    if (nodes.length < 2) return [];
    const { sql, values } = sourceCondition('r', filter);
    const tags = nodes.map(({ tag }) => tag);
    const rows = await db.query<{ a: string; b: string; posts: unknown }[]>(
      `SELECT a.tag_key AS a, b.tag_key AS b, SUM(${countOf(filter)}) AS posts
        FROM ${ROLLUPS.cotag.table} r JOIN tag a ON a.id = r.tag_id JOIN tag b ON b.id = r.co_tag_id
        WHERE a.tag_key IN (?) AND b.tag_key IN (?) ${sql}
        GROUP BY a.tag_key, b.tag_key HAVING SUM(${countOf(filter)}) > 0`,
      [tags, tags, ...values],
    );
    return undirected(rows.map((row) => ({ ...row, posts: Number(row.posts) })));
  }
}

/**
 * One edge for both directions, with the larger count: a post that belongs to one of the tags only through the question
 * that found it is counted from there and not from the other side.
 */
function undirected(directed: TagNetwork['edges']): TagNetwork['edges'] {
  const edges = new Map<string, TagNetwork['edges'][number]>();
  for (const { a, b, posts } of directed) {
    const [first, second] = a < b ? [a, b] : [b, a];
    const key = `${first} ${second}`;
    const known = edges.get(key);
    if (!known || known.posts < posts) edges.set(key, { a: first, b: second, posts });
  }
  return [...edges.values()].sort((one, two) => two.posts - one.posts || (one.a + one.b < two.a + two.b ? -1 : 1));
}

function sourceCondition(table: string, { source }: Filter): { sql: string; values: unknown[] } {
  return source === undefined ? { sql: '', values: [] } : { sql: `AND ${table}.source = ?`, values: [source] };
}
