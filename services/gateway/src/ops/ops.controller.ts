import { Controller, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Caller, type CallerIdentity } from '../access/caller.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { Input } from '../routes/input.interceptor.js';
import { Route } from '../routes/route.decorator.js';
import type { InputOf } from '../routes/route.js';
import { LogReader } from './log-reader.service.js';
import { DASHBOARDS, type OpsLinks } from './ops-links.data.js';
import { keyNeeded, opsShell } from './ops-page.js';
import { opsView } from './ops-view.js';
import {
  dashboardRoute,
  getOpsRoute,
  opsPageRoute,
  opsViewRoute,
  runbookRoute,
  runbooksRoute,
  tracePageRoute,
  traceViewRoute,
} from './ops.routes.js';
import type { Range } from './ops.schema.js';
import { OpsService } from './ops.service.js';
import { Runbooks } from './runbooks.service.js';
import { traceView } from './trace-view.js';

@Controller()
export class OpsController {
  private readonly links: OpsLinks;

  constructor(
    private readonly ops: OpsService,
    private readonly logs: LogReader,
    private readonly runbooks: Runbooks,
    @Inject(GATEWAY_CONFIG) { MIRANTE_GRAFANA_URL: grafana, MIRANTE_KIBANA_URL: kibana }: GatewayConfig,
  ) {
    this.links = { grafana: bare(grafana), kibana: bare(kibana), runbooks: runbooks.names };
  }

  @Route(opsPageRoute)
  async page(@Input() { query }: InputOf<typeof opsPageRoute>, @Caller() caller: CallerIdentity) {
    const content = mayView(caller) ? await this.viewOf(query.range) : keyNeeded();
    return opsShell({ title: 'Operations', view: `/ops/view?range=${query.range}`, content });
  }

  @Route(opsViewRoute)
  async view(@Input() { query }: InputOf<typeof opsViewRoute>) {
    return (await this.viewOf(query.range)).text;
  }

  @Route(getOpsRoute)
  overview(@Input() { query }: InputOf<typeof getOpsRoute>) {
    return this.ops.overview(query.range);
  }

  @Route(tracePageRoute)
  async tracePage(@Input() { params }: InputOf<typeof tracePageRoute>, @Caller() caller: CallerIdentity) {
    const content = mayView(caller) ? await this.traceOf(params.trace) : keyNeeded();
    return opsShell({ title: `Trace ${params.trace}`, view: `/ops/view/traces/${params.trace}`, content });
  }

  @Route(traceViewRoute)
  async traceView(@Input() { params }: InputOf<typeof traceViewRoute>) {
    return (await this.traceOf(params.trace)).text;
  }

  @Route(runbooksRoute)
  runbookIndex() {
    return opsShell(this.runbooks.index());
  }

  @Route(runbookRoute)
  runbook(@Input() { params }: InputOf<typeof runbookRoute>) {
    return opsShell(this.runbooks.read(params.name));
  }

  @Route(dashboardRoute)
  dashboard(@Input() { params }: InputOf<typeof dashboardRoute>, @Res() reply: FastifyReply) {
    const { grafana } = this.links;
    return reply.redirect(grafana ? `${grafana}/d/${params.uid}` : `/ops#${DASHBOARDS[params.uid]}`, 302);
  }

  private async viewOf(range: Range) {
    return opsView(await this.ops.overview(range), this.links);
  }

  private async traceOf(trace: string) {
    return traceView(await this.logs.ofTrace(trace), trace, this.links.kibana);
  }
}

function mayView(caller: CallerIdentity): boolean {
  return caller.scopes.has(opsViewRoute.scope);
}

function bare(address: string | undefined): string | undefined {
  return address?.replace(/\/+$/, '');
}
