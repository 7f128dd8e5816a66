import { BlueskyProfiles } from './bluesky-profiles.service.js';
import { BlueskyStreamDriver } from './bluesky-stream.driver.js';
import { BlueskyDriver } from './bluesky.driver.js';
import { KnownPosts } from './known-posts.repository.js';
import { TakenResolver } from './taken-resolver.service.js';

export const BLUESKY_PROVIDERS = [BlueskyDriver, BlueskyProfiles, BlueskyStreamDriver, KnownPosts, TakenResolver];
