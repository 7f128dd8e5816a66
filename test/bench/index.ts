import { cpus, totalmem } from 'node:os';
import { benchExports } from './exports.bench.js';
import { benchGateway } from './gateway.bench.js';
import { benchIngest } from './ingest.bench.js';
import { benchJobs } from './jobs.bench.js';
import { benchNeighbours } from './neighbours.bench.js';
import { benchObservability } from './observability.bench.js';
import { benchRandomize } from './randomize.bench.js';
import { benchReports } from './reports.bench.js';
import { benchStreams } from './streams.bench.js';
import { benchSumEven } from './sum-even.bench.js';
import { benchVisitors } from './visitors.bench.js';

const BENCHES = {
  ingest: benchIngest,
  reports: benchReports,
  gateway: benchGateway,
  exports: benchExports,
  streams: benchStreams,
  jobs: benchJobs,
  'sum-even': benchSumEven,
  randomize: benchRandomize,
  neighbours: benchNeighbours,
  visitors: benchVisitors,
  observability: benchObservability,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) {
  process.stderr.write(`no such bench: ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}\n`);
  process.exit(2);
}
process.stdout.write(
  `${cpus().length} x ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}\n`,
);
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length === 0 || wanted.includes(name)) await bench();
}
