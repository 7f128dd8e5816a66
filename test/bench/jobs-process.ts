import { metricsRegistry } from '#libs/observability';
import type { JobsAsk, JobsFigures } from './jobs-process.types.js';
import { say, startJobs } from './jobs-service.js';

/** A worker of the jobs bench. */
const app = await startJobs();

process.on('message', (ask: JobsAsk) => {
  if (ask.do === 'stop') void app.close().then(() => process.exit());
  else if (ask.do === 'reset') metricsRegistry.resetMetrics();
  else void figures().then((each) => say({ is: 'figures', figures: each }));
});
process.on('disconnect', () => process.exit(1));
say({ is: 'ready' });

async function figures(): Promise<JobsFigures> {
  const valuesOf = async (name: string) => (await metricsRegistry.getSingleMetric(name)?.get())?.values ?? [];
  const claims = (await valuesOf('job_claim_seconds')) as { metricName?: string; labels: Labels; value: number }[];
  const taken = claims.filter(
    ({ metricName, labels }) => metricName?.endsWith('_bucket') && labels.outcome === 'taken',
  );
  const failed = claims.filter(
    ({ metricName, labels }) => metricName?.endsWith('_count') && labels.outcome === 'error',
  );
  const retries = (await valuesOf('db_transaction_retries_total')) as { labels: Labels; value: number }[];
  const slices = (await valuesOf('job_slices_total')) as { labels: Labels; value: number }[];
  return {
    claims: taken.map(({ labels, value }) => ({ le: labels.le === '+Inf' ? null : Number(labels.le), n: value })),
    failedClaims: sum(failed),
    retries: Object.fromEntries(retries.map(({ labels, value }) => [labels.reason, value])),
    failedSlices: sum(slices.filter(({ labels }) => labels.outcome !== 'ok' && labels.outcome !== 'cancelled')),
  };
}

type Labels = Record<string, string | number | undefined>;

function sum(values: readonly { value: number }[]): number {
  return values.reduce((total, { value }) => total + value, 0);
}
