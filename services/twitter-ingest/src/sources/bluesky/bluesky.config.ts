import { z } from 'zod';
import { url } from '#libs/config';

export const blueskyConfigSchema = z.object({
  MIRANTE_JETSTREAM_URL: url('ws', 'wss')
    .default('wss://jetstream2.us-east.bsky.network/subscribe')
    .describe('Jetstream endpoint that sends the posts of the whole Bluesky network'),
  MIRANTE_BLUESKY_API_URL: url('http', 'https')
    .default('https://public.api.bsky.app')
    .describe('Bluesky API that is asked for the names and followers of authors'),
});
export type BlueskyConfig = z.infer<typeof blueskyConfigSchema>;
