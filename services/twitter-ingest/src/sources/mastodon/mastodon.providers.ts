import { MastodonClient } from './mastodon-client.service.js';
import { MastodonDriver } from './mastodon.driver.js';

export const MASTODON_PROVIDERS = [MastodonClient, MastodonDriver];
