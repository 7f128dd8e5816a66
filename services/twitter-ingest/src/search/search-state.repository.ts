import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '#libs/persistence';

const ROW = 1;

interface StateRow {
  target: string;
  last_post_id: number;
  finished_at: Date | null;
}

/** How far an index has been filled. All processes share it. */
@Injectable()
export class SearchStateRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  /** Begins anew when the index is another one than that of the last time. @returns whether it holds every post */
  async begin(target: string): Promise<boolean> {
    await this.transactions.query(
      `INSERT INTO search_state (id, target, last_post_id, finished_at) VALUES (?, ?, 0, NULL)
        ON DUPLICATE KEY UPDATE last_post_id = IF(target = VALUES(target), last_post_id, 0),
          finished_at = IF(target = VALUES(target), finished_at, NULL), target = VALUES(target)`,
      [ROW, target],
    );
    const rows = await this.transactions.query<StateRow[]>('SELECT * FROM search_state WHERE id = ?', [ROW]);
    return rows[0]?.target === target && rows[0].finished_at !== null;
  }

  /**
   * Takes one step, unless another process is at it.
   *
   * @param work fills in what is behind a post, and gives the last one it took; null when there was none
   * @returns whether there is more to do right now
   */
  async step(target: string, work: (lastPostId: number) => Promise<number | null>): Promise<boolean> {
    return this.transactions.run(
      async (tx) => {
        const [row] = await tx.query<StateRow[]>(
          'SELECT * FROM search_state WHERE id = ? AND target = ? AND finished_at IS NULL FOR UPDATE SKIP LOCKED',
          [ROW, target],
        );
        if (!row) return false;
        const last = await work(Number(row.last_post_id));
        if (last === null) await tx.query('UPDATE search_state SET finished_at = NOW(3) WHERE id = ?', [ROW]);
        else await tx.query('UPDATE search_state SET last_post_id = ? WHERE id = ?', [last, ROW]);
        return last !== null;
      },
      // Not of the pool the work itself takes its connections from.
      { pool: 'api', attempts: 1 },
    );
  }
}
