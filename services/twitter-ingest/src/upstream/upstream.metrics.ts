import { gauge } from '#libs/observability';

export const budgetSpent = gauge({
  name: 'capture_budget_spent_usd',
  help: 'What a source has cost since midnight UTC, in US dollars, over all processes',
  labelNames: ['source'],
});

export const budgetLimit = gauge({
  name: 'capture_budget_limit_usd',
  help: 'Most that all captures together may spend per UTC day, in US dollars',
  labelNames: ['source'],
});

export const upstreamPaused = gauge({
  name: 'upstream_paused',
  help: '1 while nobody may ask a source with the present credential, by reason',
  labelNames: ['source', 'reason'],
});
