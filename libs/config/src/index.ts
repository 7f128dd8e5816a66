export { ConfigError, type ConfigProblem } from './config.error.js';
export { loadConfig } from './load.config.js';
export { bool, int, port, secret, url } from './schemas.js';
export { Secret } from './secret.js';
