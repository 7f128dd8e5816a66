import { Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { tagNetworkReport } from '#libs/contracts';
import { RpcClient } from '#libs/messaging';
import { KeyNeededError, ScopeMissingError } from '../access/access.errors.js';
import { ANONYMOUS, Caller, type CallerIdentity } from '../access/caller.js';
import { Input } from '../routes/input.interceptor.js';
import { Route } from '../routes/route.decorator.js';
import type { InputOf } from '../routes/route.js';
import { ExportDownload } from './export-download.service.js';
import { IdsHaveAuthorsError } from './exports.errors.js';
import { exportCooccurringTagsRoute, exportPostsRoute } from './exports.routes.js';
import { fileNameOf } from './file-name.domain.js';
import { gexfOf } from './gexf.domain.js';

const FULL = 'exports:full';

@Controller()
export class ExportsController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly download: ExportDownload,
  ) {}

  @Route(exportPostsRoute)
  async posts(
    @Input() { query }: InputOf<typeof exportPostsRoute>,
    @Caller() caller: CallerIdentity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (query.format === 'ids' && query.authors === 'pseudonym') throw new IdsHaveAuthorsError();
    const mayFull = caller.scopes.has(FULL);
    if (query.x === 'full' && !mayFull) {
      throw caller.subject === ANONYMOUS ? new KeyNeededError(FULL) : new ScopeMissingError(FULL);
    }
    const x = query.x ?? (mayFull ? 'full' : 'ids');
    await this.download.send({ ...query, tenant: caller.tenant, x }, caller.subject, request, reply);
  }

  @Route(exportCooccurringTagsRoute)
  async cooccurringTags(
    @Input() { query }: InputOf<typeof exportCooccurringTagsRoute>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const network = await this.rpc.call(tagNetworkReport, query);
    void reply.header('content-disposition', `attachment; ${fileNameOf(query.tag, 'tags', 'gexf')}`);
    return gexfOf(network);
  }
}
