import { hostname } from 'node:os';
import { Controller, Module, type DynamicModule } from '@nestjs/common';
import { describeSystem, type ServiceDescription } from '#libs/contracts';
import { HandleRpc } from '#libs/messaging';
import { health } from '#libs/observability';
import { readBuildInfo } from './build-info.js';

const startedAt = new Date();

async function describeSelf(service: string): Promise<ServiceDescription> {
  const { ready, checks } = await health.snapshot();
  return {
    service,
    version: readBuildInfo().version,
    instance: `${hostname()}:${process.pid}`,
    started_at: startedAt.toISOString(),
    node: process.version,
    ready,
    checks: checks.map(({ name, ok, detail }) => ({ name, ok, detail: detail ?? null })),
  };
}

/** Answers the operator's question what runs here, under the service's own name. */
@Module({})
export class SystemModule {
  static forService(service: string): DynamicModule {
    @Controller()
    class SystemController {
      @HandleRpc(describeSystem(service))
      describe(): Promise<ServiceDescription> {
        return describeSelf(service);
      }
    }
    return { module: SystemModule, controllers: [SystemController] };
  }
}
