import { LOGS } from './streams.data.js';

/** Fields of free text in which a secret may have got past the redaction at the source. */
const FREE_TEXT = ['message', 'error.message', 'error.stack_trace', 'url.query', 'url.full', 'url.original'] as const;

/** Java regular expressions. The source knows more forms; these are the ones whose leak would cost most. */
const SECRETS = [
  { what: 'own-api-key', pattern: 'mir_([A-Za-z0-9]{1,64})_[A-Za-z0-9_-]+', replacement: 'mir_$1_***' },
  { what: 'bearer', pattern: '(?i)\\b(bearer)\\s{1,4}[A-Za-z0-9._~+/=-]{8,}', replacement: '$1 ***' },
  { what: 'url-credentials', pattern: '([A-Za-z][A-Za-z0-9+.-]{1,20}://)[^\\s/"\'<>]{1,512}@', replacement: '$1***@' },
  {
    what: 'json-web-token',
    pattern: '\\beyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]*',
    replacement: '[jwt]',
  },
  { what: 'private-key', pattern: '-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\\s\\S]*', replacement: '[private key]' },
] as const;

/** Probes of orchestrators: thousands a day, all alike. Those that failed are kept. */
const HEALTH_NOISE = [
  "ctx.event?.action == 'http-request'",
  'ctx.url?.path != null',
  "(ctx.url.path.startsWith('/health/') || ctx.url.path == '/metrics')",
  'ctx.http?.response?.status_code != null',
  'ctx.http.response.status_code < 400',
].join(' && ');

/** What happens to a line on its way in. A line it fails on goes to the failure store with the reason. */
export function logPipeline(): object {
  return {
    _meta: { managed_by: 'mirante' },
    description:
      'Drops health probes, masks secrets a second time, reads user agents. Generated; tested with _simulate.',
    processors: [
      { drop: { tag: 'health-noise', if: HEALTH_NOISE } },
      ...FREE_TEXT.flatMap((field) =>
        SECRETS.map(({ what, pattern, replacement }) => ({
          gsub: { tag: `${what}-in-${field}`, field, pattern, replacement, ignore_missing: true },
        })),
      ),
      {
        user_agent: {
          tag: 'user-agent',
          field: 'user_agent.original',
          properties: ['name', 'version', 'os', 'device'],
          ignore_missing: true,
          ignore_failure: true,
        },
      },
      { set: { tag: 'dataset', field: 'event.dataset', value: LOGS.dataset, override: false } },
      { set: { tag: 'arrival', field: 'event.ingested', value: '{{{_ingest.timestamp}}}' } },
    ],
  };
}
