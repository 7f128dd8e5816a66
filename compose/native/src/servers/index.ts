export { startAlertmanager, type AlertmanagerOptions, type AlertmanagerServer } from './alertmanager.js';
export { startMariaDb, type MariaDbOptions, type MariaDbServer } from './mariadb.js';
export { freePort, freePorts, isPortFree } from './ports.js';
export { startPrometheus, type PrometheusOptions, type PrometheusServer } from './prometheus.js';
export { type RabbitMqPorts } from './rabbitmq-config.js';
export { startRabbitMq, type RabbitMqOptions, type RabbitMqServer } from './rabbitmq.js';
export { type RunningServer } from './server.js';
export { ServerStartError } from './wait.js';
export { startNodeService, type NodeServiceOptions } from './node-service.js';
