import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { changeCapture, deleteCapture, getCapture, listCaptures, startCapture } from '#libs/contracts';
import { uuidv7 } from '#libs/kernel';
import { RpcClient } from '#libs/messaging';
import { Tenant } from '../access/caller.js';
import { importIdOf } from '../archives/import-id.js';
import { Input } from '../routes/input.interceptor.js';
import { Route } from '../routes/route.decorator.js';
import type { InputOf } from '../routes/route.js';
import {
  changeCaptureRoute,
  deleteCaptureRoute,
  getCaptureRoute,
  listCapturesRoute,
  startCaptureRoute,
} from './captures.routes.js';

@Controller()
export class CapturesController {
  constructor(private readonly rpc: RpcClient) {}

  @Route(startCaptureRoute)
  async start(
    @Input() { headers, body }: InputOf<typeof startCaptureRoute>,
    @Tenant() tenant: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const key = headers['idempotency-key'];
    const { every, ...wanted } = body;
    const capture = await this.rpc.call(startCapture, {
      id: key === undefined ? uuidv7() : importIdOf(tenant, key),
      tenant,
      ...wanted,
      ...(every !== undefined && { every_seconds: every }),
    });
    void reply.header('location', `/api/v1/captures/${capture.id}`);
    return capture;
  }

  @Route(listCapturesRoute)
  list(@Input() { query }: InputOf<typeof listCapturesRoute>, @Tenant() tenant: string) {
    return this.rpc.call(listCaptures, { tenant, ...query });
  }

  @Route(getCaptureRoute)
  get(@Input() { params }: InputOf<typeof getCaptureRoute>, @Tenant() tenant: string) {
    return this.rpc.call(getCapture, { tenant, id: params.id });
  }

  @Route(changeCaptureRoute)
  change(@Input() { params, body }: InputOf<typeof changeCaptureRoute>, @Tenant() tenant: string) {
    const { every, ...change } = body;
    return this.rpc.call(changeCapture, {
      tenant,
      id: params.id,
      ...change,
      ...(every !== undefined && { every_seconds: every }),
    });
  }

  @Route(deleteCaptureRoute)
  async delete(@Input() { params }: InputOf<typeof deleteCaptureRoute>, @Tenant() tenant: string): Promise<void> {
    await this.rpc.call(deleteCapture, { tenant, id: params.id });
  }
}
