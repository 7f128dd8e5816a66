import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, DiscoveryModule } from '@nestjs/core';
import { BlobsModule } from '#libs/blobs';
import { loadConfig } from '#libs/config';
import { MessagingModule } from '#libs/messaging';
import { PersistenceModule } from '#libs/persistence';
import { AccessGuard } from './access/access.guard.js';
import { Authenticator } from './access/authenticator.service.js';
import { AnalyticsController } from './analytics/analytics.controller.js';
import { ArchiveUploadService } from './archives/archive-upload.service.js';
import { ArchivesController } from './archives/archives.controller.js';
import { BodyReceiver } from './archives/body-receiver.service.js';
import { CapturesController } from './captures/captures.controller.js';
import { SCHEMA } from './data-source.js';
import { DocsService } from './docs/docs.service.js';
import { ExportDownload } from './exports/export-download.service.js';
import { ExportsController } from './exports/exports.controller.js';
import { GATEWAY_CONFIG, gatewayConfigSchema } from './gateway.config.js';
import { ApiKeyRepository } from './keys/api-key.repository.js';
import { KeyDirectory } from './keys/key-directory.service.js';
import { KeyLimit } from './keys/key-limit.service.js';
import { KeyWindowRepository } from './keys/key-window.repository.js';
import { OPS_CONTROLLERS, OPS_PROVIDERS } from './ops/ops.providers.js';
import { PagesController } from './pages/pages.controller.js';
import { PublicFiles } from './pages/public-files.js';
import { PostsShown } from './posts/posts-shown.service.js';
import { PostsController } from './posts/posts.controller.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { InputInterceptor } from './routes/input.interceptor.js';
import { RouteCatalogue } from './routes/route-catalogue.js';
import { MonitoringClient } from './system/monitoring.client.js';
import { SystemController } from './system/system.controller.js';
import { SystemService } from './system/system.service.js';
import { TaskBlobsModule } from './tasks/task-blobs.module.js';
import { TASKS_CONTROLLERS, TASKS_PROVIDERS } from './tasks/tasks.providers.js';
import { UPLOADS_CONTROLLERS, UPLOADS_PROVIDERS } from './uploads/uploads.providers.js';
import { VISITS_CONTROLLERS, VISITS_PROVIDERS } from './visits/visits.providers.js';

/** Named so that a test can put something else in its place. */
export const messaging = MessagingModule.forService({ service: 'gateway', events: [], rpc: [] });

/** Keys live there. Without it known keys go on working, and callers without a key do not notice. */
export const persistence = PersistenceModule.forService(SCHEMA, { required: false });

@Module({
  imports: [DiscoveryModule, BlobsModule.forArea('archives'), TaskBlobsModule, messaging, persistence],
  controllers: [
    CapturesController,
    ArchivesController,
    PostsController,
    ExportsController,
    AnalyticsController,
    ...TASKS_CONTROLLERS,
    ...UPLOADS_CONTROLLERS,
    ...VISITS_CONTROLLERS,
    SystemController,
    ...OPS_CONTROLLERS,
    PagesController,
  ],
  providers: [
    { provide: GATEWAY_CONFIG, useFactory: () => loadConfig(gatewayConfigSchema) },
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_INTERCEPTOR, useClass: InputInterceptor },
    ApiKeyRepository,
    KeyWindowRepository,
    KeyDirectory,
    KeyLimit,
    Authenticator,
    RouteCatalogue,
    BodyReceiver,
    ArchiveUploadService,
    ExportDownload,
    PostsShown,
    MonitoringClient,
    SystemService,
    ...OPS_PROVIDERS,
    PublicFiles,
    DocsService,
    ...TASKS_PROVIDERS,
    ...UPLOADS_PROVIDERS,
    ...VISITS_PROVIDERS,
  ],
})
export class GatewayModule {}
