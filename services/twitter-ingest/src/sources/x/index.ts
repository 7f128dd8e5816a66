/** The X API v2 behind one class; see x-api.ts. */
export type * from './x-api.types.js';
export { XApi } from './x-api.js';
