import { startService } from '#libs/service-kit';
import { TwitterIngestModule } from './twitter-ingest.module.js';

await startService(TwitterIngestModule, { name: 'twitter-ingest' });
