import { Controller, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Tenant } from '../access/caller.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { Input } from '../routes/input.interceptor.js';
import { Route } from '../routes/route.decorator.js';
import type { InputOf } from '../routes/route.js';
import {
  NUMBERS_TYPES,
  sumEvenPutRoute,
  sumEvenResultRoute,
  sumEvenRoute,
  sumEvenStatusRoute,
} from './sum-even.routes.js';
import { TaskResults } from './task-results.service.js';
import { TaskSubmission } from './task-submission.service.js';

@Controller()
export class SumEvenController {
  constructor(
    private readonly submission: TaskSubmission,
    private readonly results: TaskResults,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  @Route(sumEvenRoute)
  submit(
    @Input() { query, headers }: InputOf<typeof sumEvenRoute>,
    @Tenant() tenant: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const wish = { kind: 'sum-even', params: { strict: query.strict === 'true' } } as const;
    const asker = { tenant, idempotencyKey: headers['idempotency-key'] };
    const limits = {
      types: NUMBERS_TYPES,
      maxBytes: this.config.MIRANTE_MAX_UPLOAD_BYTES,
      mayBeEmpty: true,
      mayBeUntyped: true,
    };
    return this.submission.submitBody(wish, asker, limits, request, reply);
  }

  @Route(sumEvenPutRoute)
  put(
    @Input() input: InputOf<typeof sumEvenRoute>,
    @Tenant() tenant: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.submit(input, tenant, request, reply);
  }

  @Route(sumEvenStatusRoute)
  status(@Input() { params }: InputOf<typeof sumEvenStatusRoute>, @Tenant() tenant: string) {
    return this.results.status('/sum-even', tenant, params.token);
  }

  @Route(sumEvenResultRoute)
  result(
    @Input() { params }: InputOf<typeof sumEvenResultRoute>,
    @Tenant() tenant: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.results.json('/sum-even', tenant, params.token, reply);
  }
}
