/** Hashtag timelines of Mastodon instances. */
export { mastodonConfigSchema } from './mastodon.config.js';
export { MastodonDriver } from './mastodon.driver.js';
export { MASTODON_PROVIDERS } from './mastodon.providers.js';
