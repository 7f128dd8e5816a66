/** Captures from X: searches page by page, and the filtered stream. */
export { X_PROVIDERS, X_SOURCE_DRIVER, X_STREAM_DRIVER } from './x-driver.providers.js';
