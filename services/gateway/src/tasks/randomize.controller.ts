import { Controller, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Tenant } from '../access/caller.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { Input } from '../routes/input.interceptor.js';
import { Route } from '../routes/route.decorator.js';
import type { InputOf } from '../routes/route.js';
import {
  DEFAULT_BLOCK,
  IMAGE_TYPES,
  randomizePutRoute,
  randomizeResultRoute,
  randomizeRoute,
  randomizeStatusRoute,
} from './randomize.routes.js';
import { TaskResults } from './task-results.service.js';
import { TaskSubmission } from './task-submission.service.js';

@Controller()
export class RandomizeController {
  constructor(
    private readonly submission: TaskSubmission,
    private readonly results: TaskResults,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  @Route(randomizeRoute)
  submit(
    @Input() { query, headers }: InputOf<typeof randomizeRoute>,
    @Tenant() tenant: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const asker = { tenant, idempotencyKey: headers['idempotency-key'] };
    const limits = { types: IMAGE_TYPES, mayBeUntyped: true, maxBytes: this.config.MIRANTE_MAX_IMAGE_BYTES };
    const wish = { kind: 'randomize', params: { ...query, block: query.block ?? DEFAULT_BLOCK } } as const;
    return this.submission.submitBody(wish, asker, limits, request, reply);
  }

  @Route(randomizePutRoute)
  put(
    @Input() input: InputOf<typeof randomizeRoute>,
    @Tenant() tenant: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.submit(input, tenant, request, reply);
  }

  @Route(randomizeStatusRoute)
  status(@Input() { params }: InputOf<typeof randomizeStatusRoute>, @Tenant() tenant: string) {
    return this.results.status('/randomize', tenant, params.token);
  }

  @Route(randomizeResultRoute)
  result(
    @Input() { params }: InputOf<typeof randomizeResultRoute>,
    @Tenant() tenant: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    return this.results.file('/randomize', tenant, params.token, request, reply);
  }
}
