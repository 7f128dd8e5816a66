import { Readable, pipeline } from 'node:stream';
import { constants, createGzip } from 'node:zlib';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { openExport, type ExportQuestion } from '#libs/contracts';
import { CodedError } from '#libs/kernel';
import { RpcClient } from '#libs/messaging';
import { createLogger } from '#libs/observability';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { exportedBytes, exports, exportsInFlight } from '../gateway.metrics.js';
import { acceptsGzip } from './accepts-gzip.domain.js';
import { exportText } from './export-text.js';
import { TooManyExportsError } from './exports.errors.js';
import { EXPORT_TYPES } from './exports.routes.js';
import { fileNameOf } from './file-name.domain.js';

const logger = createLogger('ExportDownload');

/** Sends exports: as fast as the client reads, at the memory of two pages. */
@Injectable()
export class ExportDownload {
  private inFlight = 0;

  constructor(
    private readonly rpc: RpcClient,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** Resolves when the answer has begun; until then errors are answered as any other. */
  async send(question: ExportQuestion, subject: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { format, tag } = question;
    const headers = {
      'content-type': EXPORT_TYPES[format],
      'content-disposition': `attachment; ${fileNameOf(tag, 'posts', format === 'ids' ? 'txt' : format)}`,
      vary: 'accept-encoding',
    };
    // Who only asks for the headers is given nothing that would count.
    if (request.method === 'HEAD') return void reply.headers(headers).send();
    if (this.inFlight >= this.config.MIRANTE_MAX_EXPORTS) throw new TooManyExportsError();
    this.count(1);
    try {
      const { left, ...opened } = await this.rpc.call(openExport, { ...question, subject });
      void reply.headers({ ...headers, 'mirante-x-posts-left': left.full, 'mirante-x-ids-left': left.ids });
      this.stream(exportText(this.rpc, question, opened, this.abortedWith(reply)), request, reply);
    } catch (error) {
      this.finish(outcomeOf(error));
      throw error;
    }
  }

  private stream(text: AsyncGenerator<string>, request: FastifyRequest, reply: FastifyReply): void {
    const source = Readable.from(text, { objectMode: true, highWaterMark: 1 });
    const bytes = async function* (chunks: AsyncIterable<string>) {
      for await (const chunk of chunks) {
        const buffer = Buffer.from(chunk);
        exportedBytes.inc({}, buffer.length);
        yield buffer;
      }
    };
    // After the headers an error can only be told by breaking off: an orderly end would look like a whole file.
    const done = (error?: Error | null) => {
      if (error && !reply.raw.destroyed) reply.raw.destroy();
      const outcome = error ? outcomeOf(error) : 'sent';
      this.finish(outcome);
      if (error && outcome !== 'aborted') logger.warn('export broken off', { labels: { code: outcome } }, error);
    };
    reply.hijack();
    const { raw } = reply;
    const gzip = acceptsGzip(request.headers['accept-encoding']);
    raw.writeHead(200, { ...reply.getHeaders(), ...(gzip && { 'content-encoding': 'gzip' }) } as Record<
      string,
      string
    >);
    raw.flushHeaders();
    if (gzip) pipeline(source, bytes, createGzip({ level: constants.Z_BEST_SPEED }), raw, done);
    else pipeline(source, bytes, raw, done);
  }

  /** Fires when the client has gone away: the page that is being fetched is then of no use. */
  private abortedWith(reply: FastifyReply): AbortSignal {
    const abort = new AbortController();
    reply.raw.once('close', () => abort.abort());
    return abort.signal;
  }

  private count(step: 1 | -1): void {
    this.inFlight += step;
    exportsInFlight.set({}, this.inFlight);
  }

  private finish(outcome: string): void {
    this.count(-1);
    exports.inc({ outcome });
  }
}

function outcomeOf(error: unknown): string {
  if ((error as { code?: string }).code === 'ERR_STREAM_PREMATURE_CLOSE') return 'aborted';
  if (!(error instanceof CodedError)) return 'error';
  return error.code === 'RPC.ABORTED' ? 'aborted' : error.code;
}
