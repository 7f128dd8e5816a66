import { Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { getArchive, listArchives } from '#libs/contracts';
import { RpcClient } from '#libs/messaging';
import { Tenant } from '../access/caller.js';
import { Input } from '../routes/input.interceptor.js';
import { Route } from '../routes/route.decorator.js';
import type { InputOf } from '../routes/route.js';
import { ArchiveUploadService } from './archive-upload.service.js';
import { getArchiveRoute, importArchiveRoute, listArchivesRoute } from './archives.routes.js';

@Controller()
export class ArchivesController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly uploads: ArchiveUploadService,
  ) {}

  @Route(importArchiveRoute)
  async import(
    @Input() { query, headers }: InputOf<typeof importArchiveRoute>,
    @Tenant() tenant: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const id = await this.uploads.receive(request.raw, reply.raw, {
      tenant,
      tag: query.tag,
      idempotencyKey: headers['idempotency-key'],
    });
    const statusUrl = `/api/v1/archives/${id}`;
    void reply.header('location', statusUrl);
    return { id, status_url: statusUrl };
  }

  @Route(listArchivesRoute)
  list(@Input() { query }: InputOf<typeof listArchivesRoute>, @Tenant() tenant: string) {
    return this.rpc.call(listArchives, { tenant, ...query });
  }

  @Route(getArchiveRoute)
  get(@Input() { params }: InputOf<typeof getArchiveRoute>, @Tenant() tenant: string) {
    return this.rpc.call(getArchive, { tenant, id: params.id });
  }
}
