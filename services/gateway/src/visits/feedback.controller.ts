import { Controller, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { listFeedback, submitFeedback } from '#libs/contracts';
import { uuidv7 } from '#libs/kernel';
import { RpcClient } from '#libs/messaging';
import { Tenant } from '../access/caller.js';
import { addressGroup } from '../http/address-group.js';
import { Input } from '../routes/input.interceptor.js';
import { Route } from '../routes/route.decorator.js';
import type { InputOf } from '../routes/route.js';
import { VISITS_CONFIG, type VisitsConfig } from './visits.config.js';
import { FeedbackLimitError } from './visits.errors.js';
import { listFeedbackRoute, submitFeedbackRoute } from './visits.routes.js';

const HOUR_S = 3_600;

@Controller()
export class FeedbackController {
  private readonly limiter: RateLimiterMemory;

  constructor(
    private readonly rpc: RpcClient,
    @Inject(VISITS_CONFIG) config: VisitsConfig,
  ) {
    this.limiter = new RateLimiterMemory({ points: config.MIRANTE_FEEDBACK_PER_HOUR, duration: HOUR_S });
  }

  @Route(submitFeedbackRoute)
  async submit(
    @Input() { body }: InputOf<typeof submitFeedbackRoute>,
    @Tenant() tenant: string,
    @Req() request: FastifyRequest,
  ) {
    try {
      await this.limiter.consume(addressGroup(request.ip));
    } catch (refusal) {
      throw new FeedbackLimitError((refusal as RateLimiterRes).msBeforeNext);
    }
    return this.rpc.call(submitFeedback, { ...body, tenant, id: uuidv7() });
  }

  @Route(listFeedbackRoute)
  list(@Input() { query }: InputOf<typeof listFeedbackRoute>) {
    return this.rpc.call(listFeedback, query);
  }
}
