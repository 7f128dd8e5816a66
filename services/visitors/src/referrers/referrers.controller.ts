import { Controller } from '@nestjs/common';
import { visitorReferrers } from '#libs/contracts';
import { HandleRpc } from '#libs/messaging';
import type { z } from 'zod';
import { Referrers } from './referrers.service.js';

@Controller()
export class ReferrersController {
  constructor(private readonly referrers: Referrers) {}

  @HandleRpc(visitorReferrers)
  list(ask: z.output<typeof visitorReferrers.input>) {
    return this.referrers.list(ask);
  }
}
