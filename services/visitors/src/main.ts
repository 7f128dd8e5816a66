import { startService } from '#libs/service-kit';
import { VisitorsModule } from './visitors.module.js';

await startService(VisitorsModule, { name: 'visitors' });
