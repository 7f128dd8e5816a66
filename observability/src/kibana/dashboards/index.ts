import type { Dashboard } from '../model.js';
import { auditDashboard } from './audit.js';
import { errorsDashboard } from './errors.js';
import { logsDashboard } from './logs.js';
import { prometheusDashboard } from './prometheus.js';
import { traceDashboard } from './trace.js';
import { workDashboard } from './work.js';

export const DASHBOARDS: readonly Dashboard[] = [
  auditDashboard,
  errorsDashboard,
  logsDashboard,
  prometheusDashboard,
  traceDashboard,
  workDashboard,
];
