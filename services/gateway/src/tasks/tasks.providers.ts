import { RandomizeController } from './randomize.controller.js';
import { SumEvenController } from './sum-even.controller.js';
import { WebhooksController } from '../webhooks/webhooks.controller.js';
import { TaskResults } from './task-results.service.js';
import { TaskSubmission } from './task-submission.service.js';
import { TasksController } from './tasks.controller.js';
import { TaskStreams } from './task-streams.service.js';

/** Routes of tasks. */
export const TASKS_CONTROLLERS = [RandomizeController, SumEvenController, TasksController, WebhooksController];

/** What they need beside what the gateway has anyway. */
export const TASKS_PROVIDERS = [TaskSubmission, TaskResults, TaskStreams];
