import { z } from 'zod';
import { defineRoute } from '../routes/route.js';
import { OPS_EXAMPLE } from './ops-example.data.js';
import { DASHBOARD_UIDS } from './ops-links.data.js';
import { opsSchema, RANGE_NAMES } from './ops.schema.js';

const HTML = 'text/html; charset=utf-8';
const PAGE = { status: 200, description: 'The page', contentType: HTML } as const;

const rangeQuery = z.object({ range: z.enum(RANGE_NAMES).default('1h').describe('how far back charts go') });
const traceParams = z.object({
  trace: z
    .string()
    .regex(/^[0-9a-f]{32}$/, 'expected 32 hexadecimal digits')
    .describe('trace id, as in the traceresponse header or in a problem'),
});
const TRACE_EXAMPLE = '6433160e2347192cc6b472da8a60a145';

export const opsPageRoute = defineRoute({
  id: 'opsPage',
  method: 'GET',
  path: '/ops',
  area: 'Operations',
  scope: 'public',
  summary: 'Page for operators',
  description: 'Its figures need the scope ops:view; without it the page asks for a key.',
  query: rangeQuery,
  answer: PAGE,
  problems: [],
});

export const opsViewRoute = defineRoute({
  id: 'opsView',
  method: 'GET',
  path: '/ops/view',
  area: 'Operations',
  scope: 'ops:view',
  summary: 'The part of the page for operators that changes',
  query: rangeQuery,
  answer: PAGE,
  problems: [],
});

export const getOpsRoute = defineRoute({
  id: 'getOps',
  method: 'GET',
  path: '/api/v1/ops',
  area: 'Operations',
  scope: 'ops:view',
  summary: 'What the page for operators shows',
  description:
    'Rate, errors and duration of every service, queues, alerts that fire, newest warnings and errors. Answers also while Prometheus is away, and says so.',
  query: rangeQuery,
  answer: {
    status: 200,
    description: 'The figures, two seconds old at most',
    contentType: 'application/json',
    schema: opsSchema,
    example: OPS_EXAMPLE,
  },
  problems: [],
});

export const tracePageRoute = defineRoute({
  id: 'tracePage',
  method: 'GET',
  path: '/ops/traces/:trace',
  area: 'Operations',
  scope: 'public',
  summary: 'Page with the log lines of a trace',
  description: 'Its lines need the scope ops:view; without it the page asks for a key.',
  params: traceParams,
  answer: PAGE,
  problems: [],
  examples: { trace: TRACE_EXAMPLE },
});

export const traceViewRoute = defineRoute({
  id: 'traceView',
  method: 'GET',
  path: '/ops/view/traces/:trace',
  area: 'Operations',
  scope: 'ops:view',
  summary: 'Log lines of a trace, of all services',
  params: traceParams,
  answer: PAGE,
  problems: [],
  examples: { trace: TRACE_EXAMPLE },
});

export const runbooksRoute = defineRoute({
  id: 'runbooks',
  method: 'GET',
  path: '/ops/runbooks',
  area: 'Operations',
  scope: 'public',
  summary: 'What to do when an alert fires: all of it',
  answer: PAGE,
  problems: [],
});

export const runbookRoute = defineRoute({
  id: 'runbook',
  method: 'GET',
  path: '/ops/runbooks/:name',
  area: 'Operations',
  scope: 'public',
  summary: 'What to do when an alert fires',
  params: z.object({ name: z.string().max(80).describe('name of the alert in kebab case') }),
  answer: PAGE,
  problems: [404],
  examples: { name: 'watchdog' },
});

export const dashboardRoute = defineRoute({
  id: 'dashboard',
  method: 'GET',
  path: '/ops/dashboards/:uid',
  area: 'Operations',
  scope: 'public',
  summary: 'To a dashboard of Grafana, or to what stands for it here',
  params: z.object({ uid: z.enum(DASHBOARD_UIDS).describe('uid of the dashboard') }),
  answer: { status: 302, description: 'Where it is', headers: { Location: 'the address' } },
  problems: [],
  examples: { uid: 'mirante-overview' },
});
