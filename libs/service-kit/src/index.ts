export { OutboxModule } from './outbox.module.js';
export { readBuildInfo, type BuildInfo } from './build-info.js';
export { serviceConfigSchema, type ServiceConfig } from './service.config.js';
export { startService, type HttpOptions, type ServiceOptions } from './start-service.js';
export { SystemModule } from './system.module.js';
