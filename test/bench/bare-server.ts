import fastify from 'fastify';

/** The least a server can do for `GET /version`: the floor the gateway is measured against. */
const server = fastify();
server.get('/version', () => ({ name: 'mirante', version: '0.1.0', commit: 'unknown', node: process.version }));
server.get('/health/ready', () => ({ ready: true }));
await server.listen({ host: '127.0.0.1', port: Number(process.argv[2]) });
