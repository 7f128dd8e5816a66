import { Module } from '@nestjs/common';
import { BlobsModule } from '#libs/blobs';
import { describeSystem, getArchive, importArchive, listArchives, listPosts, postsApplied } from '#libs/contracts';
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
import { SCHEMA } from './data-source.js';
import { AuthorRepository } from './posts/author.repository.js';
import { PostReaderRepository } from './posts/post-reader.repository.js';
import { PostStore } from './posts/post-store.service.js';
import { PostRepository } from './posts/post.repository.js';
import { PostsController } from './posts/posts.controller.js';
import { PostsService } from './posts/posts.service.js';
import { TagRepository } from './posts/tag.repository.js';

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

@Module({
  imports: [
    PersistenceModule.forService(SCHEMA),
    MessagingModule.forService({
      service: SERVICE,
      rpc: [importArchive, getArchive, listArchives, listPosts, describeSystem(SERVICE)],
      events: [postsApplied],
    }),
    OutboxModule,
    BlobsModule.forArea('archives'),
    SystemModule.forService(SERVICE),
  ],
  controllers: [ArchivesController, PostsController],
  providers: [...ARCHIVES, ...POSTS],
})
export class TwitterIngestModule {}
