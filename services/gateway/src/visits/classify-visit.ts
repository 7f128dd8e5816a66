import type { IncomingHttpHeaders } from 'node:http';
import { isbot } from 'isbot';
import type { CountedClass } from './tally-buffer.js';

/** What a request for a page is. Only those of {@link CountedClass} are counted. */
export type VisitClass = CountedClass | 'prefetch' | 'asset';

const ASSET = /\.(?:avif|css|gif|ico|jpe?g|js|json|map|mjs|mp4|pdf|png|svg|txt|webm|webp|woff2?|xml)$/i;
const MACHINE_PATH = /^\/(?:health|healthz|livez|readyz|metrics|ping)(?:\/|$)/;

/** Tells people from programs by what they say of themselves. */
export function classOf(headers: IncomingHttpHeaders, path: string, honourGpc: boolean): VisitClass {
  if (ASSET.test(path) || MACHINE_PATH.test(path)) return 'asset';
  // A page loaded ahead may never be looked at; one that is reports itself again.
  const purpose = `${headers['sec-purpose'] ?? ''} ${headers['purpose'] ?? ''} ${headers['x-moz'] ?? ''}`;
  if (/\b(?:prefetch|prerender|preview)\b/i.test(purpose)) return 'prefetch';
  const agent = headers['user-agent'];
  if (!agent?.trim() || isbot(agent)) return 'bot';
  if (honourGpc && (headers['sec-gpc'] === '1' || headers['dnt'] === '1')) return 'dnt';
  return 'human';
}
