import type { Provider } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { FeedbackController } from './feedback.controller.js';
import { Sites } from './sites.service.js';
import { VisitRecorder } from './visit-recorder.service.js';
import { VisitorFigures } from './visitor-figures.service.js';
import { VisitorKeysService } from './visitor-keys.service.js';
import { VisitorStream } from './visitor-stream.service.js';
import { VISITS_CONFIG, visitsConfigSchema } from './visits.config.js';
import { VisitsController } from './visits.controller.js';

/** What the root module needs of this feature. */
export const VISITS_CONTROLLERS = [VisitsController, FeedbackController];

export const VISITS_PROVIDERS: Provider[] = [
  { provide: VISITS_CONFIG, useFactory: () => loadConfig(visitsConfigSchema) },
  Sites,
  VisitorKeysService,
  VisitRecorder,
  VisitorFigures,
  VisitorStream,
];
