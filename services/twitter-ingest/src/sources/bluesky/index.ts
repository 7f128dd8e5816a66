/** Bluesky, read from Jetstream. */
export { blueskyConfigSchema } from './bluesky.config.js';
export { BLUESKY_PROVIDERS } from './bluesky.providers.js';
export { BlueskyStreamDriver } from './bluesky-stream.driver.js';
export { BlueskyDriver } from './bluesky.driver.js';
