import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import type { z } from 'zod';
import { changeCapture, deleteCapture, getCapture, listCaptures, startCapture } from '#libs/contracts';
import { HandleRpc } from '#libs/messaging';
import { CapturesService } from './captures.service.js';

@Controller()
export class CapturesController {
  constructor(private readonly captures: CapturesService) {}

  @HandleRpc(startCapture)
  start(@Payload() request: z.infer<typeof startCapture.input>) {
    return this.captures.start(request);
  }

  @HandleRpc(getCapture)
  get(@Payload() { id, tenant }: z.infer<typeof getCapture.input>) {
    return this.captures.get(id, tenant);
  }

  @HandleRpc(listCaptures)
  list(@Payload() request: z.infer<typeof listCaptures.input>) {
    return this.captures.list(request);
  }

  @HandleRpc(changeCapture)
  change(@Payload() request: z.infer<typeof changeCapture.input>) {
    return this.captures.change(request);
  }

  @HandleRpc(deleteCapture)
  delete(@Payload() { id, tenant }: z.infer<typeof deleteCapture.input>) {
    return this.captures.delete(id, tenant);
  }
}
