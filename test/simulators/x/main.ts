import { loadConfig } from '#libs/config';
import { createLogger, initLogging } from '#libs/observability';
import { simulatorConfigSchema } from './simulator.config.js';
import { startXSimulator } from './x-simulator.js';

/** The simulator as a process of its own: people write all the time, and the same ones after a restart. */
const config = loadConfig(simulatorConfigSchema);
const logging = initLogging({
  service: 'x-simulator',
  version: '0',
  environment: config.MIRANTE_ENV,
  levels: 'info',
  ...(config.MIRANTE_LOG_DIR !== undefined && { dir: config.MIRANTE_LOG_DIR }),
});
const logger = createLogger('XSimulator');

const simulator = await startXSimulator({
  host: config.MIRANTE_INTERNAL_HOST,
  port: config.MIRANTE_INTERNAL_PORT,
  seed: config.MIRANTE_SIMULATOR_SEED,
  bearer: config.MIRANTE_X_BEARER_TOKEN.reveal(),
  timeline: {
    tags: [
      { tag: 'Miradouro', weight: 3 },
      { tag: '展望', weight: 1 },
    ],
  },
});
if (config.MIRANTE_SIMULATOR_POSTS_PER_MINUTE > 0) {
  const since = Date.now() - config.MIRANTE_SIMULATOR_HISTORY_HOURS * 3_600_000;
  simulator.timeline.grow(config.MIRANTE_SIMULATOR_POSTS_PER_MINUTE / 60, since);
}
logger.info(`the X API is simulated at ${simulator.url}, with ${simulator.world.posts.length} posts`, {
  event: { action: 'service-started', outcome: 'success' },
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    logger.info('the simulator ends', { event: { action: 'service-stopped', outcome: 'success' } });
    void simulator
      .close()
      .then(() => logging.close())
      .finally(() => process.exit());
  });
}
