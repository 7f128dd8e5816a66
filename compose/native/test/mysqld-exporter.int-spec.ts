import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection, type Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#libs/testing';
import { repoRoot } from '../src/repo.js';
import { startMysqldExporter, type MysqldExporterServer } from '../src/servers/index.js';
import { createExporterAccount, EXPORTER_ACCOUNT } from '../src/stack/exporter-account.js';
import { readCatalogue } from '../../../observability/src/signals/catalogue.js';

const PASSWORD = 'only of this test';

describe('exporter of the database', () => {
  const { hostname, port, username, password } = new URL(process.env['MIRANTE_TEST_MYSQL']!);
  const dir = mkdtempSync(join(tmpdir(), 'exporter-'));
  let root: Connection;
  let sut: MysqldExporterServer;
  let body: string;

  beforeAll(async () => {
    root = await createConnection({ host: hostname, port: Number(port), user: username, password });
    await createExporterAccount(root, PASSWORD, '127.0.0.1', 'mariadb');
    // The second start of a stack.
    await createExporterAccount(root, PASSWORD, '127.0.0.1', 'mariadb');
    const database = { port: Number(port), user: EXPORTER_ACCOUNT, password: PASSWORD };
    sut = await startMysqldExporter({ dir, database });
    body = await (await fetch(`http://127.0.0.1:${sut.port}/metrics`)).text();
  });

  afterAll(async () => {
    await sut?.kill();
    await root?.query(`DROP USER '${EXPORTER_ACCOUNT}'@'127.0.0.1'`);
    await root?.end();
    rmSync(dir, { recursive: true, force: true });
  });

  it('should log in and read everything it is to read', () => {
    expect(body).toMatch(/^mysql_up 1$/m);
    expect(body).toMatch(/^mysql_exporter_last_scrape_error 0$/m);
  });

  it('should show what rules and panels use', () => {
    const used = readCatalogue(repoRoot).foreignMetrics.filter(({ job }) => job === 'mysql');
    expect(used.length).toBeGreaterThan(2);
    const shown = new Set([...body.matchAll(/^([a-z_0-9]+)[{ ]/gm)].map(([, name]) => name));
    expect(used.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
  });

  it('should see no table of ours, and may only look at the server', async () => {
    const connection = await createConnection({ host: hostname, port: Number(port), user: EXPORTER_ACCOUNT, password: PASSWORD }); // prettier-ignore
    try {
      await expect(connection.query('SELECT * FROM mysql.user')).rejects.toMatchObject({ code: 'ER_TABLEACCESS_DENIED_ERROR' }); // prettier-ignore
      const [grants] = await connection.query('SHOW GRANTS');
      const texts = (grants as object[]).map((row) => String(Object.values(row)[0]));
      // MariaDB calls REPLICATION CLIENT by its newer name.
      expect(texts).toEqual([
        expect.stringMatching(/^GRANT PROCESS, (BINLOG MONITOR|REPLICATION CLIENT), SLAVE MONITOR ON \*\.\* TO/),
        expect.stringMatching(/^GRANT SELECT ON `performance_schema`\.\* TO/),
      ]);
    } finally {
      await connection.end();
    }
  });

  it('should keep its password to itself and answer this machine only', async () => {
    expect(statSync(join(dir, 'my.cnf')).mode & 0o777).toBe(0o600);
    const others = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    for (const { address } of others.filter(({ internal, family }) => !internal && family === 'IPv4')) {
      await expect(fetch(`http://${address}:${sut.port}/`)).rejects.toThrow();
    }
  });

  it('should say that the database is away, and that it is back', async () => {
    await root.query(`ALTER USER '${EXPORTER_ACCOUNT}'@'127.0.0.1' ACCOUNT LOCK`);
    const up = async () =>
      /^mysql_up (\d)$/m.exec(await (await fetch(`http://127.0.0.1:${sut.port}/metrics`)).text())?.[1];
    await eventually(async () => expect(await up()).toBe('0'));
    await root.query(`ALTER USER '${EXPORTER_ACCOUNT}'@'127.0.0.1' ACCOUNT UNLOCK`);
    await eventually(async () => expect(await up()).toBe('1'));
  });
});
