import { counter, gauge } from '#libs/observability';

export const upstreamRequests = counter({
  name: 'upstream_requests_total',
  help: 'Requests to the networks posts are captured from, by class of the answer (none: no answer) and why it was no use',
  labelNames: ['source', 'status_class', 'reason'],
});

export const upstreamRateRemaining = gauge({
  name: 'upstream_rate_remaining',
  help: 'Requests an endpoint of a network still allows in its present window, as its last answer said',
  labelNames: ['source', 'endpoint'],
});
