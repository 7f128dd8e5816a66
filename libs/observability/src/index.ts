export {
  contextFromHeaders,
  injectTraceHeaders,
  traceparentOf,
  type HeaderTrust,
  type TraceHeaders,
} from './context/propagation.js';
export { childContext, currentContext, newContext, runInContext, type TraceContext } from './context/trace-context.js';
export {
  health,
  HealthRegistry,
  type HealthCheck,
  type HealthResult,
  type HealthSnapshot,
} from './health/health-registry.js';
export { loggableAddress, type ClientAddressPolicy } from './http/client-address.js';
export {
  startInternalServer,
  type InternalHandler,
  type InternalRoutes,
  type InternalServer,
  type InternalServerOptions,
} from './http/internal-server.js';
export { observedFetch } from './http/observed-fetch.js';
export { observeFastify, type ObserveFastifyOptions } from './http/observe-fastify.js';
export { ECS_FIELDS, type EcsType } from './logs/ecs-fields.js';
export { initLogging, winstonLogger, type LoggingHandle, type LoggingOptions } from './logs/init-logging.js';
export { BadLogLevelsError, currentLogLevels, parseLogLevels, setLogLevels, type LogLevel } from './logs/levels.js';
export { type LogFields } from './logs/log-fields.js';
export { createLogger, type Logger } from './logs/logger.js';
export { NestLoggerAdapter } from './logs/nest-logger.adapter.js';
export { redactText } from './logs/redact.js';
export { type RotationPolicy } from './logs/rotation.js';
export { LATENCY_BUCKETS } from './metrics/buckets.js';
export { type MetricDeclaration } from './metrics/declarations.js';
export { counter, gauge, histogram, type Counter, type Gauge, type Histogram } from './metrics/instruments.js';
export { type Labels } from './metrics/label-sets.js';
export { MetricDeclarationError } from './metrics/metric.error.js';
export { collectProcessMetrics, setBuildInfo } from './metrics/process-metrics.js';
export {
  dbClientDuration,
  httpClientDuration,
  httpServerDuration,
  messagingProcessDuration,
  messagingPublishDuration,
  rpcClientDuration,
  rpcServerDuration,
  type Outcome,
} from './metrics/ready-made.metrics.js';
export { metricsRegistry } from './metrics/registry.js';
export { renderMetrics, type RenderedMetrics } from './metrics/render-metrics.js';
