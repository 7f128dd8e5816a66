import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import type { z } from 'zod';
import { chargeXPosts, openExport, readExport } from '#libs/contracts';
import { HandleRpc } from '#libs/messaging';
import { ExportsService } from './exports.service.js';

@Controller()
export class ExportsController {
  constructor(private readonly exports: ExportsService) {}

  @HandleRpc(openExport)
  open(@Payload() request: z.output<typeof openExport.input>) {
    return this.exports.open(request);
  }

  @HandleRpc(readExport)
  read(@Payload() request: z.output<typeof readExport.input>) {
    return this.exports.read(request);
  }

  @HandleRpc(chargeXPosts)
  charge(@Payload() { subject, kind, posts }: z.output<typeof chargeXPosts.input>) {
    return this.exports.chargeIfLeft(subject, kind, posts);
  }
}
