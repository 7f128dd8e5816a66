export { eventually, type EventuallyOptions } from './eventually.js';
export {
  startServiceProcess,
  type LogLine,
  type ServiceProcess,
  type ServiceProcessOptions,
} from './service-process.js';
export { createTestDatabase, type TestDatabase } from './test-database.js';
export { createTestVhost, type TestVhost } from './test-vhost.js';
