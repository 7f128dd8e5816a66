import { Module } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import {
  describeSystem,
  listFeedback,
  listVisitorKeys,
  submitFeedback,
  visitorReferrers,
  visitorReport,
  visitorSummary,
  visitsRecorded,
} from '#libs/contracts';
import { systemClock } from '#libs/kernel';
import { MessagingModule } from '#libs/messaging';
import { PersistenceModule } from '#libs/persistence';
import { OutboxModule, SystemModule } from '#libs/service-kit';
import { SCHEMA } from './data-source.js';
import { FeedbackController } from './feedback/feedback.controller.js';
import { FeedbackRepository } from './feedback/feedback.repository.js';
import { FeedbackService } from './feedback/feedback.service.js';
import { MailWorker } from './feedback/mail-worker.service.js';
import { Mailer } from './feedback/mailer.js';
import { KeyRepository } from './keys/key.repository.js';
import { KeysController } from './keys/keys.controller.js';
import { KeysSchedule } from './keys/keys.schedule.js';
import { KeysService } from './keys/keys.service.js';
import { RecordVisitsService } from './recording/record-visits.service.js';
import { VisitRepository } from './recording/visit.repository.js';
import { VisitsConsumer } from './recording/visits.consumer.js';
import { ReferrerRepository } from './referrers/referrer.repository.js';
import { ReferrersController } from './referrers/referrers.controller.js';
import { Referrers } from './referrers/referrers.service.js';
import { ReportRepository } from './reports/report.repository.js';
import { UniqueVisitors } from './reports/unique-visitors.service.js';
import { VisitorReportsController } from './reports/visitor-reports.controller.js';
import { VisitorReports } from './reports/visitor-reports.service.js';
import { CLOCK } from './visitors.clock.js';
import { VISITORS_CONFIG, visitorsConfigSchema } from './visitors.config.js';

const SERVICE = 'visitors';

@Module({
  imports: [
    PersistenceModule.forService(SCHEMA),
    MessagingModule.forService({
      service: SERVICE,
      events: [visitsRecorded],
      rpc: [
        listVisitorKeys,
        visitorReport,
        visitorReferrers,
        visitorSummary,
        submitFeedback,
        listFeedback,
        describeSystem(SERVICE),
      ],
      singleActiveConsumer: true,
    }),
    // Nothing is announced; the relay also clears the inbox.
    OutboxModule,
    SystemModule.forService(SERVICE),
  ],
  controllers: [KeysController, VisitorReportsController, ReferrersController, FeedbackController],
  providers: [
    { provide: VISITORS_CONFIG, useFactory: () => loadConfig(visitorsConfigSchema) },
    { provide: CLOCK, useValue: systemClock },
    KeyRepository,
    KeysService,
    KeysSchedule,
    VisitRepository,
    ReferrerRepository,
    Referrers,
    RecordVisitsService,
    VisitsConsumer,
    ReportRepository,
    UniqueVisitors,
    VisitorReports,
    FeedbackRepository,
    Mailer,
    MailWorker,
    FeedbackService,
  ],
})
export class VisitorsModule {}
