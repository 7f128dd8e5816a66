import { defineRoute } from '../routes/route.js';
import { systemSchema, versionSchema, type Build, type SystemState, type Version } from './system.schema.js';

const BUILD_EXAMPLE: Build = {
  name: 'mirante',
  version: '0.1.0',
  commit: '9cc7dcb0f2a1',
  built_at: '2026-03-01T07:30:00.000Z',
  node: 'v24.15.0',
};

const VERSION_EXAMPLE: Version = {
  ...BUILD_EXAMPLE,
  visitors: {
    today: { unique: 41, hits: 96, exact: true },
    month: { unique: 1042, hits: 5310, exact: false, error_pct: 0.6 },
    definition: 'v1',
  },
};

const SYSTEM_EXAMPLE: SystemState = {
  status: 'up',
  gateway: { ...BUILD_EXAMPLE, started_at: '2026-03-01T08:00:00.000Z' },
  services: [
    {
      service: 'analytics',
      status: 'up',
      reason: null,
      description: {
        service: 'analytics',
        version: '0.1.0',
        instance: 'analytics-1',
        started_at: '2026-03-01T08:00:00.000Z',
        node: 'v24.15.0',
        ready: true,
        checks: [{ name: 'mysql', ok: true, detail: null }],
      },
    },
  ],
  alerts: { reachable: true, items: [] },
  targets: null,
  checked_at: '2026-03-01T09:00:00.000Z',
};

export const getSystemRoute = defineRoute({
  id: 'getSystem',
  method: 'GET',
  path: '/api/v1/system',
  area: 'System',
  scope: 'system:read',
  summary: 'What runs, in which version, and what is wrong',
  description: 'Asks every service. One that does not answer in time is listed as down. At most a second old.',
  answer: {
    status: 200,
    description: 'The overview, also when services are down',
    contentType: 'application/json',
    schema: systemSchema,
    example: SYSTEM_EXAMPLE,
  },
  problems: [],
});

export const getVersionRoute = defineRoute({
  id: 'getVersion',
  method: 'GET',
  path: '/version',
  area: 'System',
  scope: 'public',
  summary: 'Version of the gateway, and how many visitors its pages have',
  description: 'Figures are null while they cannot be had; the version is always told.',
  answer: {
    status: 200,
    description: 'The version',
    contentType: 'application/json',
    schema: versionSchema,
    example: VERSION_EXAMPLE,
  },
  problems: [],
});
