import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger, format, transports } from 'winston';
import { initLogging, NestLoggerAdapter, observeFastify, startInternalServer } from '#libs/observability';

/**
 * A small Nest application on Fastify, to see what watching it costs: `observed-process.js <port> <internal port> <by> <log folder>`.
 * `by` is `nobody`, `us`, or `winston` for a line in a log per request, as an application without our libs would write it.
 */
const [port = '', internalPort = '', by = 'nobody', logDir = ''] = process.argv.slice(2);

@Controller()
class PostsController {
  @Get('posts/:id')
  async post(@Param('id') id: string) {
    await Promise.resolve();
    return { id, author: 'lookout', text: 'the fog is lifting over the bay', tags: ['fog', 'bay'], likes: 7 };
  }
}

@Module({ controllers: [PostsController] })
class PostsModule {}

if (by === 'us') {
  initLogging({ service: 'bench', version: '0.1.0', environment: 'bench', levels: 'info', dir: logDir });
  await startInternalServer({ host: '127.0.0.1', port: Number(internalPort) });
}
const app = await NestFactory.create<NestFastifyApplication>(PostsModule, new FastifyAdapter(), {
  logger: by === 'us' ? new NestLoggerAdapter() : false,
});
const fastify = app.getHttpAdapter().getInstance();
if (by === 'us') observeFastify(fastify);
if (by === 'winston') writeLines(fastify);
await app.listen(Number(port), '127.0.0.1');

function writeLines(server: typeof fastify): void {
  const file = new transports.File({ filename: `${logDir}/winston.log`, maxsize: 50 * 1024 * 1024, maxFiles: 10 });
  const logger = createLogger({ format: format.combine(format.timestamp(), format.json()), transports: [file] });
  server.addHook('onResponse', (request, reply, done) => {
    logger.info(`${request.method} ${request.url} ${reply.statusCode}`, {
      method: request.method,
      path: request.url,
      route: request.routeOptions.url,
      status: reply.statusCode,
      duration: reply.elapsedTime,
      ip: request.ip,
    });
    done();
  });
}
