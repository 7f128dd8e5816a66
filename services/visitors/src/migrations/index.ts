import { CreateSite1795140000000 } from './1795140000000-create-site.js';
import { CreateDayKey1795140001000 } from './1795140001000-create-day-key.js';
import { CreatePeriodKey1795140002000 } from './1795140002000-create-period-key.js';
import { CreateVisitorDay1795140003000 } from './1795140003000-create-visitor-day.js';
import { CreateVisitCount1795140004000 } from './1795140004000-create-visit-count.js';
import { CreateDaySketch1795140005000 } from './1795140005000-create-day-sketch.js';
import { CreateFeedback1795140006000 } from './1795140006000-create-feedback.js';
import { CreateInbox1795140007000 } from './1795140007000-create-inbox.js';
import { CreateOutbox1795140008000 } from './1795140008000-create-outbox.js';
import { CreateVisitReferrer1795140009000 } from './1795140009000-create-visit-referrer.js';

export const migrations = [
  CreateSite1795140000000,
  CreateDayKey1795140001000,
  CreatePeriodKey1795140002000,
  CreateVisitorDay1795140003000,
  CreateVisitCount1795140004000,
  CreateDaySketch1795140005000,
  CreateFeedback1795140006000,
  CreateInbox1795140007000,
  CreateOutbox1795140008000,
  CreateVisitReferrer1795140009000,
];
