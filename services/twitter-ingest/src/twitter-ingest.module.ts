import { Module, type InjectionToken, type Provider } from '@nestjs/common';
import { BlobsModule } from '#libs/blobs';
import {
  changeCapture,
  chargeXPosts,
  deleteCapture,
  describeSystem,
  getArchive,
  getCapture,
  importArchive,
  listArchives,
  listCaptures,
  listPosts,
  openExport,
  postsApplied,
  postsChanged,
  readExport,
  startCapture,
} from '#libs/contracts';
import { MessagingModule } from '#libs/messaging';
import { PersistenceModule } from '#libs/persistence';
import { OutboxModule, SystemModule } from '#libs/service-kit';
import { ArchiveBatchService } from './archives/archive-batch.service.js';
import { ArchiveImportRepository } from './archives/archive-import.repository.js';
import { ArchiveImportRunner } from './archives/archive-import.runner.js';
import { ArchiveWorker } from './archives/archive-worker.service.js';
import { ArchivesController } from './archives/archives.controller.js';
import { ArchivesService } from './archives/archives.service.js';
import { BlobSweeper } from './archives/blob-sweeper.service.js';
import { ImportProgressService } from './archives/import-progress.service.js';
import { PostsAppliedConsumer } from './archives/posts-applied.consumer.js';
import { CaptureDrivers, SOURCE_DRIVERS, STREAM_DRIVERS } from './captures/capture-drivers.js';
import { CaptureObserver } from './captures/capture-observer.service.js';
import { CapturePartRepository } from './captures/capture-part.repository.js';
import { CapturePosts } from './captures/capture-posts.service.js';
import { CaptureSink } from './captures/capture-sink.service.js';
import { CaptureStepRunner } from './captures/capture-step.runner.js';
import { CaptureWorker } from './captures/capture-worker.service.js';
import { CaptureRepository } from './captures/capture.repository.js';
import { CapturesController } from './captures/captures.controller.js';
import { CapturesService } from './captures/captures.service.js';
import { FollowedPartRepository } from './captures/followed-part.repository.js';
import type { SourceDriver, StreamDriver } from './captures/source-driver.js';
import { StreamKeeper } from './captures/stream-keeper.service.js';
import { StreamLeadRepository } from './captures/stream-lead.repository.js';
import { StreamSink } from './captures/stream-sink.service.js';
import { COMPLIANCE_PROVIDERS } from './compliance/compliance.providers.js';
import { SCHEMA } from './data-source.js';
import { ExportsController } from './exports/exports.controller.js';
import { EXPORTS } from './exports/exports.providers.js';
import { AuthorRepository } from './posts/author.repository.js';
import { PostReaderRepository } from './posts/post-reader.repository.js';
import { PostStore } from './posts/post-store.service.js';
import { PostRepository } from './posts/post.repository.js';
import { PostsController } from './posts/posts.controller.js';
import { PostsService } from './posts/posts.service.js';
import { TagRepository } from './posts/tag.repository.js';
import { SEARCH_PROVIDERS } from './search/search.providers.js';
import { SEARCH_QUEUE } from './search/search.queue.js';
import { BLUESKY_PROVIDERS, BlueskyDriver, BlueskyStreamDriver } from './sources/bluesky/index.js';
import { MASTODON_PROVIDERS, MastodonDriver } from './sources/mastodon/index.js';
import { X_PROVIDERS, X_SOURCE_DRIVER, X_STREAM_DRIVER } from './sources/x-driver/index.js';

const SERVICE = 'twitter-ingest';

const ARCHIVES = [
  ArchiveBatchService,
  ArchiveImportRepository,
  ArchiveImportRunner,
  ArchiveWorker,
  ArchivesService,
  BlobSweeper,
  ImportProgressService,
  PostsAppliedConsumer,
];

const POSTS = [AuthorRepository, PostReaderRepository, PostRepository, PostStore, PostsService, TagRepository];

const CAPTURES = [
  CaptureDrivers,
  CaptureObserver,
  CapturePartRepository,
  CapturePosts,
  CaptureRepository,
  CaptureSink,
  CaptureStepRunner,
  CaptureWorker,
  CapturesService,
  FollowedPartRepository,
  StreamKeeper,
  StreamLeadRepository,
  StreamSink,
];

/** What the drivers below are made of: one spread per source. */
const SOURCES: Provider[] = [...BLUESKY_PROVIDERS, ...MASTODON_PROVIDERS, ...X_PROVIDERS];

/** One token per source; its provider gives null where the source is not configured. */
const SOURCE_DRIVER_TOKENS: InjectionToken<SourceDriver | null>[] = [X_SOURCE_DRIVER, MastodonDriver, BlueskyDriver];
const STREAM_DRIVER_TOKENS: InjectionToken<StreamDriver | null>[] = [X_STREAM_DRIVER, BlueskyStreamDriver];

const DRIVERS: Provider[] = [
  {
    provide: SOURCE_DRIVERS,
    useFactory: (...drivers: (SourceDriver | null)[]) => drivers,
    inject: SOURCE_DRIVER_TOKENS,
  },
  {
    provide: STREAM_DRIVERS,
    useFactory: (...drivers: (StreamDriver | null)[]) => drivers,
    inject: STREAM_DRIVER_TOKENS,
  },
];

@Module({
  imports: [
    PersistenceModule.forService(SCHEMA),
    MessagingModule.forService({
      service: SERVICE,
      rpc: [
        importArchive,
        getArchive,
        listArchives,
        listPosts,
        startCapture,
        getCapture,
        listCaptures,
        changeCapture,
        deleteCapture,
        openExport,
        readExport,
        chargeXPosts,
        describeSystem(SERVICE),
      ],
      events: [postsApplied],
      announces: [postsChanged],
      sideQueues: [{ name: SEARCH_QUEUE, events: [postsChanged] }],
    }),
    OutboxModule,
    BlobsModule.forArea('archives'),
    SystemModule.forService(SERVICE),
  ],
  controllers: [ArchivesController, CapturesController, ExportsController, PostsController],
  providers: [
    ...ARCHIVES,
    ...CAPTURES,
    ...COMPLIANCE_PROVIDERS,
    ...DRIVERS,
    ...EXPORTS,
    ...POSTS,
    ...SEARCH_PROVIDERS,
    ...SOURCES,
  ],
})
export class TwitterIngestModule {}
