import { createHmac, randomBytes } from 'node:crypto';
import fastify from 'fastify';
import { createPool } from 'mysql2/promise';

/**
 * What a counter of visits looks like without a buffer: one transaction per hit, answered when it is committed. On a bare
 * server and without observability, so that it is not the server around it that is slow.
 */
const [port, host, databasePort, user, password, database] = process.argv.slice(2);
const pool = createPool({
  host: host!,
  port: Number(databasePort),
  user: user!,
  password: password!,
  database: database!,
  connectionLimit: 10,
});
const key = randomBytes(32);
const server = fastify({ trustProxy: true });

server.post('/api/v1/visits', async (request, reply) => {
  const { site } = request.body as { site: string };
  const text = `${site}\n${request.ip}\n${request.headers['user-agent']}`;
  const visitor = createHmac('sha256', key).update(text).digest().subarray(0, 16);
  const connection = await pool.getConnection();
  try {
    await connection.beginTransaction();
    const [{ affectedRows }] = (await connection.query('INSERT IGNORE INTO naive_visitor VALUES (?, ?)', [
      site,
      visitor,
    ])) as unknown as [{ affectedRows: number }];
    await connection.query(
      `INSERT INTO naive_count VALUES (?, ?, 1)
       ON DUPLICATE KEY UPDATE uniques = uniques + VALUES(uniques), hits = hits + 1`,
      [site, affectedRows],
    );
    await connection.commit();
  } catch (error) {
    await connection.rollback();
    throw error;
  } finally {
    connection.release();
  }
  return reply.code(202).send();
});
server.get('/health/ready', () => ({ ready: true }));
await server.listen({ host: '127.0.0.1', port: Number(port) });
