import { CreateMessagingTables1795150000000 } from './1795150000000-create-messaging-tables.js';
import { CreateJobTables1795150001000 } from './1795150001000-create-job-tables.js';
import { CreateTaskFile1795150002000 } from './1795150002000-create-task-file.js';
import { CreateTaskEvents1795150003000 } from './1795150003000-create-task-events.js';
import { CreateWebhooks1795150004000 } from './1795150004000-create-webhooks.js';

export const MIGRATIONS = [
  CreateMessagingTables1795150000000,
  CreateJobTables1795150001000,
  CreateTaskFile1795150002000,
  CreateTaskEvents1795150003000,
  CreateWebhooks1795150004000,
];
