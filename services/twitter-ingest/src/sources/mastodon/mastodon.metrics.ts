import { gauge } from '#libs/observability';

export const rateRemaining = gauge({
  name: 'mastodon_rate_remaining_ratio',
  help: 'Share of the requests an instance allows per window that is left, as its last answer told',
  labelNames: ['server_address'],
});
