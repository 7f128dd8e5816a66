import { join, resolve } from 'node:path';
import { repoRoot } from '../repo.js';
import { socketPath } from '../servers/socket-path.js';

// The tests run a stack of their own beside yours.
const state = resolve(process.env['MIRANTE_STATE_DIR'] || join(repoRoot, '.mirante'));

/** Everything the stack keeps on disk: below `.mirante/`, which is not under version control, or `MIRANTE_STATE_DIR`. */
export const paths = {
  repo: repoRoot,
  state,
  data: join(state, 'data'),
  logs: join(state, 'logs'),
  blobs: join(state, 'data', 'blobs'),
  secrets: join(state, 'secrets.json'),
  /** Of the stack in containers: secrets, how it was started, and with which passwords its volumes were made. */
  composeEnv: join(state, 'compose.env'),
  composeRun: join(state, 'compose.json'),
  composeVolumes: join(state, 'compose-volumes.json'),
  ports: join(state, 'state.json'),
  run: join(state, 'run.json'),
  lock: join(state, 'start.lock'),
  build: join(repoRoot, '.mirante', 'build.json'),
  prometheusConfig: join(state, 'prometheus.yml'),
  alertmanagerConfig: join(state, 'alertmanager.yml'),
  rules: join(repoRoot, 'observability', 'prometheus', 'rules'),
  control: socketPath(state, 'control.sock'),
  supervisorLog: join(state, 'logs', 'supervisor.ndjson'),
  supervisorOutput: join(state, 'logs', 'supervisor.out.log'),
  entry: (service: string) => join(repoRoot, 'dist', 'services', service, 'src', 'main.js'),
  /** The X API of a stack without a credential. */
  xSimulator: join(repoRoot, 'dist', 'test', 'simulators', 'x', 'main.js'),
  migrate: (service: string) => join(repoRoot, 'dist', 'services', service, 'src', 'migrate.js'),
  /** What a service prints outside its log, such as a stack trace before logging began. */
  output: (service: string) => join(state, 'logs', `${service}.out.log`),
  serverLog: (server: string) => join(state, 'data', server, `${server}.log`),
};
