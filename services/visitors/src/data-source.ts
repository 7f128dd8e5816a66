import type { DataSourceParts } from '#libs/persistence';
import { FeedbackEntity } from './feedback/feedback.entity.js';
import { DayKeyEntity, PeriodKeyEntity } from './keys/key.entity.js';
import { migrations } from './migrations/index.js';
import { VisitReferrerEntity } from './referrers/referrer.entity.js';
import { DaySketchEntity, SiteEntity, VisitCountEntity, VisitorDayEntity } from './recording/visit.entity.js';

/** Everything in the schema of this service. */
export const SCHEMA: DataSourceParts = {
  entities: [
    DayKeyEntity,
    PeriodKeyEntity,
    SiteEntity,
    VisitorDayEntity,
    VisitCountEntity,
    DaySketchEntity,
    VisitReferrerEntity,
    FeedbackEntity,
  ],
  migrations,
};
