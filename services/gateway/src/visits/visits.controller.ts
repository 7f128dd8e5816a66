import { Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { visitorReferrers, visitorReport } from '#libs/contracts';
import { RpcClient } from '#libs/messaging';
import { PublicFiles } from '../pages/public-files.js';
import { Input } from '../routes/input.interceptor.js';
import { Route } from '../routes/route.decorator.js';
import type { InputOf } from '../routes/route.js';
import { Sites } from './sites.service.js';
import { VisitRecorder } from './visit-recorder.service.js';
import { VisitorStream } from './visitor-stream.service.js';
import { referrerHost } from './referrer-host.js';
import {
  recordVisitRoute,
  visitorEventsRoute,
  visitorReferrersRoute,
  visitorsRoute,
  visitScriptRoute,
} from './visits.routes.js';

@Controller()
export class VisitsController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly recorder: VisitRecorder,
    private readonly sites: Sites,
    private readonly stream: VisitorStream,
    private readonly files: PublicFiles,
  ) {}

  @Route(recordVisitRoute)
  record(@Input() { body }: InputOf<typeof recordVisitRoute>, @Req() request: FastifyRequest): void {
    this.sites.assertKnown(body.site);
    this.sites.assertMayReport(body.site, request.headers.origin, request.headers.host);
    this.recorder.record(body.site, body.path, request, referrerHost(body.referrer, [body.site]));
  }

  @Route(visitorsRoute)
  visitors(@Input() { query }: InputOf<typeof visitorsRoute>) {
    return this.rpc.call(visitorReport, { ...query, site: query.site ?? this.sites.own });
  }

  @Route(visitorReferrersRoute)
  referrers(@Input() { query }: InputOf<typeof visitorReferrersRoute>) {
    return this.rpc.call(visitorReferrers, { ...query, site: query.site ?? this.sites.own });
  }

  @Route(visitorEventsRoute)
  events(@Res() reply: FastifyReply) {
    return reply.type('text/event-stream').header('x-accel-buffering', 'no').send(this.stream.open());
  }

  @Route(visitScriptRoute)
  script(@Res() reply: FastifyReply) {
    return reply
      .type(visitScriptRoute.answer.contentType!)
      .header('cache-control', 'public, max-age=3600')
      .header('cross-origin-resource-policy', 'cross-origin')
      .send(this.files.read('visits.js'));
  }
}
