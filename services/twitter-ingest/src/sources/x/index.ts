/** The X API v2 behind one class; see README.md. */
export type * from './x-api.types.js';
export { X_SETTINGS, XApi } from './x-api.js';
export { afterBreak, breakOf, RECONNECTED, type XBreak, type XReconnect } from './x-reconnect.domain.js';
export { X_LIMITS, type XLimits, type XSettings } from './x-settings.js';
