import { startService } from '#libs/service-kit';
import { AnalyticsModule } from './analytics.module.js';

await startService(AnalyticsModule, { name: 'analytics' });
