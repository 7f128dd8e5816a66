import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import type { z } from 'zod';
import { getArchive, importArchive, listArchives } from '#libs/contracts';
import { HandleRpc } from '#libs/messaging';
import { ArchivesService } from './archives.service.js';

@Controller()
export class ArchivesController {
  constructor(private readonly archives: ArchivesService) {}

  @HandleRpc(importArchive)
  import(@Payload() request: z.infer<typeof importArchive.input>) {
    return this.archives.import(request);
  }

  @HandleRpc(getArchive)
  get(@Payload() { id, tenant }: z.infer<typeof getArchive.input>) {
    return this.archives.get(id, tenant);
  }

  @HandleRpc(listArchives)
  list(@Payload() request: z.infer<typeof listArchives.input>) {
    return this.archives.list(request);
  }
}
