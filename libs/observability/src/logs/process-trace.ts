import { newContext, type TraceContext } from '../context/trace-context.js';

/**
 * The trace of what the process does on nobody's behalf: starting, connecting, closing. So every line has a `trace.id`, and this
 * one finds the life of one process.
 */
export const processTrace: TraceContext = newContext();
