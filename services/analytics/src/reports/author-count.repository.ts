import { Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import type { Filter } from './filter.domain.js';
import { countOf, factWhere, type Sql } from './report-sql.domain.js';

export interface TopUserRow {
  source: number;
  ext_id: string;
  username: string | null;
  name: string | null;
  followers: number | null;
  followers_seen_at: number | null;
  posts: unknown;
}

function hasRange(filter: Filter): boolean {
  return filter.from !== undefined || filter.to !== undefined;
}

/** Condition on `tag_author` for a filter without a range of time. */
function pairWhere(filter: Filter): Sql {
  const source = filter.source === undefined ? '' : ' AND t.source = ?';
  const kind = filter.kind === undefined ? '' : ` AND t.${countOf(filter)} > 0`;
  return {
    text: `t.tag_id = ?${source}${kind}`,
    values: filter.source === undefined ? [filter.tagId] : [filter.tagId, filter.source],
  };
}

/** Who wrote the posts of a filter. */
@Injectable()
export class AuthorCountRepository {
  /** A range of time has to be counted from the facts: distinct authors do not add up. */
  usesFacts(filter: Filter): boolean {
    return hasRange(filter);
  }

  /** Authors by the country of their profile. */
  async byCountry(db: SqlExecutor, filter: Filter): Promise<Map<string, number>> {
    const { text, values } = this.countrySql(filter);
    const rows = await db.query<{ country: string; authors: unknown }[]>(text, values);
    return new Map(rows.map(({ country, authors }) => [country, Number(authors)]));
  }

  async total(db: SqlExecutor, filter: Filter): Promise<number> {
    if (hasRange(filter)) {
      const where = factWhere(filter, [filter]);
      const [row] = await db.query<{ authors: number }[]>(
        `SELECT COUNT(DISTINCT f.author_id) AS authors FROM post_fact f WHERE ${where.text}`,
        where.values,
      );
      return row!.authors;
    }
    let sum = 0;
    for (const authors of (await this.byCountry(db, filter)).values()) sum += authors;
    return sum;
  }

  /** Most followed first; unknown counts last; equal counts by user id. */
  async top(db: SqlExecutor, filter: Filter, limit: number): Promise<TopUserRow[]> {
    const { text, values } = hasRange(filter) ? this.topInRange(filter, limit) : this.topEver(filter, limit);
    return db.query(
      `SELECT a.source, a.ext_id, a.username, a.name, a.followers, a.followers_seen_at, p.posts
       FROM (${text}) p JOIN author a ON a.id = p.author_id
       ORDER BY a.rank_key, a.order_key, a.id`,
      values,
    );
  }

  private topEver(filter: Filter, limit: number): Sql {
    const where = pairWhere(filter);
    return {
      text: `SELECT t.author_id, ${countOf(filter)} AS posts FROM tag_author t FORCE INDEX (tag_author_top)
        WHERE ${where.text} ORDER BY t.rank_key, t.order_key, t.author_id LIMIT ${limit}`,
      values: where.values,
    };
  }

  /** Goes down the tag's ranking and stops when enough of its authors turned out to have posts in the range. */
  private topInRange(filter: Filter, limit: number): Sql {
    const where = factWhere(filter, [filter]);
    return {
      text: `SELECT t.author_id, r.posts FROM tag_author t FORCE INDEX (tag_author_top)
        STRAIGHT_JOIN (
          SELECT f.author_id, COUNT(*) AS posts FROM post_fact f WHERE ${where.text} GROUP BY f.author_id
        ) r ON r.author_id = t.author_id
        WHERE t.tag_id = ? ORDER BY t.rank_key, t.order_key, t.author_id LIMIT ${limit}`,
      values: [...where.values, filter.tagId],
    };
  }

  private countrySql(filter: Filter): Sql {
    if (hasRange(filter)) {
      const where = factWhere(filter, [filter]);
      return {
        text: `SELECT a.country, COUNT(*) AS authors
          FROM (SELECT DISTINCT f.author_id FROM post_fact f WHERE ${where.text}) p STRAIGHT_JOIN author a ON a.id = p.author_id
          GROUP BY a.country`,
        values: where.values,
      };
    }
    return {
      text: `SELECT country, SUM(${filter.kind === undefined ? 'authors' : countOf(filter)}) AS authors FROM rollup_profile
        WHERE tag_id = ?${filter.source === undefined ? '' : ' AND source = ?'} GROUP BY country`,
      values: filter.source === undefined ? [filter.tagId] : [filter.tagId, filter.source],
    };
  }
}
