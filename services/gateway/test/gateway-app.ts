import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { FastifyInstance } from 'fastify';
import { BlobStore, FolderBlobStore } from '#libs/blobs';
import { loadConfig } from '#libs/config';
import { Broadcasts, EventPublisher, RpcClient } from '#libs/messaging';
import { observeFastify } from '#libs/observability';
import { GATEWAY_CONFIG, gatewayConfigSchema, type GatewayConfig } from '../src/gateway.config.js';
import { GatewayModule, messaging, persistence } from '../src/gateway.module.js';
import { configureHttp } from '../src/http/configure-http.js';
import { httpServerOptions } from '../src/http/server-options.js';
import { ApiKeyRepository } from '../src/keys/api-key.repository.js';
import { KeyWindowRepository } from '../src/keys/key-window.repository.js';
import { FakeBroadcasts } from './fake-broadcasts.js';
import { FakeEvents } from './fake-events.js';
import { FakeKeys } from './fake-keys.js';
import { FakeRpc } from './fake-rpc.js';
import { FakeUploads } from './fake-uploads.js';
import { UploadRepository } from '../src/uploads/upload.repository.js';
import { VISITS_CONFIG, visitsConfigSchema, type VisitsConfig } from '../src/visits/visits.config.js';

export interface GatewayApp {
  app: NestFastifyApplication;
  rpc: FakeRpc;
  keys: FakeKeys;
  uploads: FakeUploads;
  events: FakeEvents;
  broadcasts: FakeBroadcasts;
  url: string;
  port: number;
  blobDir: string;
  /** `GET /path` of everything the server was told to answer. */
  registered: readonly string[];
  /** Paths of all files in the blob folder, finished or not. */
  storedFiles(): Promise<string[]>;
  /** May be called again. */
  close(): Promise<void>;
}

/** The real application on a real port, with fakes in the place of the message broker and of the tables of keys. */
export async function startGateway(
  overrides: Partial<GatewayConfig> = {},
  visits: Partial<VisitsConfig> = {},
  prepare: (rpc: FakeRpc) => void = () => undefined,
): Promise<GatewayApp> {
  const blobDir = await mkdtemp(join(tmpdir(), 'gateway-blobs-'));
  const config: GatewayConfig = {
    ...loadConfig(gatewayConfigSchema, { MIRANTE_ENV: 'local' }),
    MIRANTE_MAX_UPLOAD_BYTES: 512 * 1024 * 1024,
    ...overrides,
  };
  const rpc = new FakeRpc();
  prepare(rpc);
  const keys = new FakeKeys();
  const uploads = new FakeUploads();
  const events = new FakeEvents();
  const broadcasts = new FakeBroadcasts();

  @Module({
    providers: [
      { provide: RpcClient, useValue: rpc },
      { provide: EventPublisher, useValue: events },
      { provide: Broadcasts, useValue: broadcasts },
    ],
    exports: [RpcClient, EventPublisher, Broadcasts],
  })
  class FakeMessagingModule {}

  @Module({})
  class FakePersistenceModule {}

  const testing = await Test.createTestingModule({ imports: [GatewayModule] })
    .overrideModule(messaging)
    .useModule(FakeMessagingModule)
    .overrideModule(persistence)
    .useModule(FakePersistenceModule)
    .overrideProvider(ApiKeyRepository)
    .useValue(keys.rows)
    .overrideProvider(KeyWindowRepository)
    .useValue(keys.windows)
    .overrideProvider(UploadRepository)
    .useValue(uploads.rows)
    .overrideProvider(GATEWAY_CONFIG)
    .useValue(config)
    .overrideProvider(VISITS_CONFIG)
    .useValue({ ...loadConfig(visitsConfigSchema, {}), MIRANTE_VISITS_FLUSH_MS: 10, ...visits })
    .overrideProvider(BlobStore)
    .useValue(new FolderBlobStore({ dir: blobDir, minFreeBytes: 0 }, 'archives'))
    .compile();
  const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(httpServerOptions(config)), {
    bodyParser: false,
    logger: false,
  });
  const registered: string[] = [];
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  fastify.addHook('onRoute', ({ method, url }) => {
    registered.push(...[method].flat().map((verb) => `${verb} ${url}`));
  });
  observeFastify(app.getHttpAdapter().getInstance());
  await configureHttp(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const close = async () => {
    await app.close();
    await rm(blobDir, { recursive: true, force: true });
  };
  let closed: Promise<void> | undefined;
  return {
    app,
    rpc,
    keys,
    uploads,
    events,
    broadcasts,
    port,
    url: `http://127.0.0.1:${port}`,
    blobDir,
    registered,
    storedFiles: async () =>
      (await readdir(blobDir, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name)),
    close: () => (closed ??= close()),
  };
}
