import 'reflect-metadata';
import type { INestMicroservice, Provider, Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { EventContract, RpcContract } from '#libs/contracts';
import { AmqpServer, MessagingModule, RpcClient, type MessagingSettings, type SideQueue } from '../../src/index.js';

export interface TestServiceOptions {
  url: string;
  service?: string;
  events?: readonly EventContract[];
  sideQueues?: readonly SideQueue[];
  rpc?: readonly RpcContract[];
  controllers?: Array<Type<unknown>>;
  providers?: Provider[];
  singleActiveConsumer?: boolean;
  settings?: Partial<MessagingSettings>;
}

export interface TestService {
  readonly app: INestMicroservice;
  readonly client: RpcClient;
  get<T>(token: unknown): T;
  close(): Promise<void>;
}

/** A service as `startService` makes it, without the rest of the kit. */
export async function startTestService(options: TestServiceOptions): Promise<TestService> {
  const module = await Test.createTestingModule({
    imports: [
      MessagingModule.forService({
        service: options.service ?? 'shop',
        events: options.events ?? [],
        sideQueues: options.sideQueues ?? [],
        rpc: options.rpc ?? [],
        ...(options.singleActiveConsumer && { singleActiveConsumer: true }),
        settings: {
          url: options.url,
          heartbeatSeconds: 5,
          probeIntervalMs: 500,
          ladder: TEST_LADDER,
          ...options.settings,
        },
      }),
    ],
    controllers: options.controllers ?? [],
    providers: options.providers ?? [],
  }).compile();
  const app = module.createNestMicroservice({ strategy: module.get(AmqpServer), logger: false });
  await app.listen();
  return {
    app,
    client: module.get(RpcClient),
    get: <T>(token: unknown) => module.get<T>(token as Type<T>, { strict: false }),
    close: () => app.close(),
  };
}

/** Short, so that a test sees the whole ladder. */
export const TEST_LADDER = [
  { name: 'test-a', delayMs: 100 },
  { name: 'test-b', delayMs: 300 },
];
