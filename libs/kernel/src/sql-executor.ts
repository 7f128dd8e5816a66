/**
 * The least a library needs to take part in a transaction it did not open. A TypeORM `EntityManager` and `QueryRunner`
 * both satisfy it.
 */
export interface SqlExecutor {
  // The driver's result depends on the statement; callers name the shape they expect.
  query<T = unknown>(sql: string, parameters?: unknown[]): Promise<T>;
}
