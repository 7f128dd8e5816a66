import { describe, expect, it } from 'vitest';
import { nameStatement } from './statement-name.js';

describe('nameStatement', () => {
  it.each([
    ['SELECT a FROM `post` WHERE x', 'SELECT', 'post'],
    ['  insert ignore into post_tag (a) VALUES ?', 'INSERT', 'post_tag'],
    ['UPDATE `import` SET x', 'UPDATE', 'import'],
    ['DELETE FROM Outbox WHERE id', 'DELETE', 'outbox'],
    ['COMMIT', 'COMMIT', ''],
    ["SET SESSION time_zone = '+00:00'", '_OTHER', ''],
    ['SET STATEMENT max_statement_time=1.5 FOR SELECT a FROM post_search s', 'SELECT', 'post_search'],
    ['', '_OTHER', ''],
  ])('should name %j', (sql, operation, table) => {
    expect(nameStatement(sql)).toEqual({ operation, table });
  });
});
