import { Module } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import {
  cooccurringTagsReport,
  describeSystem,
  postsApplied,
  postsByCountryReport,
  postsByHourReport,
  postsByLanguageReport,
  postsChanged,
  postsOverTimeReport,
  summaryReport,
  tagNetworkReport,
  topUsersReport,
} from '#libs/contracts';
import { MessagingModule } from '#libs/messaging';
import { PersistenceModule } from '#libs/persistence';
import { OutboxModule, SystemModule } from '#libs/service-kit';
import { analyticsConfigSchema } from './analytics.config.js';
import { ApplyBatchService } from './apply/apply-batch.service.js';
import { ApplyService } from './apply/apply.service.js';
import { AuthorRepository } from './apply/author.repository.js';
import { FactRepository } from './apply/fact.repository.js';
import { PostsChangedConsumer } from './apply/posts-changed.consumer.js';
import { RollupRepository } from './apply/rollup.repository.js';
import { TagRepository } from './apply/tag.repository.js';
import { SCHEMA } from './data-source.js';
import { RecountRepository } from './recount/recount.repository.js';
import { ANALYTICS_CONFIG, RecountSchedule } from './recount/recount.schedule.js';
import { RecountService } from './recount/recount.service.js';
import { AuthorCountRepository } from './reports/author-count.repository.js';
import { CoTagsReport } from './reports/cotags.report.js';
import { CountRepository } from './reports/count.repository.js';
import { CountriesReport } from './reports/countries.report.js';
import { HoursReport } from './reports/hours.report.js';
import { LanguagesReport } from './reports/languages.report.js';
import { NetworkReport } from './reports/network.report.js';
import { ReportRunner } from './reports/report-runner.service.js';
import { PeopleReportsController, PostReportsController } from './reports/reports.controller.js';
import { SeriesReport } from './reports/series.report.js';
import { SummaryReport } from './reports/summary.report.js';
import { TopUsersReport } from './reports/top-users.report.js';

const SERVICE = 'analytics';

const APPLY = [
  ApplyBatchService,
  ApplyService,
  AuthorRepository,
  FactRepository,
  PostsChangedConsumer,
  RollupRepository,
  TagRepository,
];

const REPORTS = [
  AuthorCountRepository,
  CountRepository,
  ReportRunner,
  SummaryReport,
  TopUsersReport,
  HoursReport,
  LanguagesReport,
  CountriesReport,
  SeriesReport,
  CoTagsReport,
  NetworkReport,
];

const RECOUNT = [RecountRepository, RecountService, RecountSchedule];

@Module({
  imports: [
    PersistenceModule.forService(SCHEMA),
    MessagingModule.forService({
      service: SERVICE,
      events: [postsChanged],
      announces: [postsApplied],
      rpc: [
        summaryReport,
        topUsersReport,
        postsByHourReport,
        postsByLanguageReport,
        postsByCountryReport,
        postsOverTimeReport,
        cooccurringTagsReport,
        tagNetworkReport,
        describeSystem(SERVICE),
      ],
      singleActiveConsumer: true,
    }),
    OutboxModule,
    SystemModule.forService(SERVICE),
  ],
  controllers: [PeopleReportsController, PostReportsController],
  providers: [
    { provide: ANALYTICS_CONFIG, useFactory: () => loadConfig(analyticsConfigSchema) },
    ...APPLY,
    ...REPORTS,
    ...RECOUNT,
  ],
})
export class AnalyticsModule {}
