import { createLogger, health, type LoggingHandle } from '#libs/observability';

const logger = createLogger('Lifecycle');

export interface Closable {
  close(): Promise<void>;
}

/** What has to be closed, and in which order: work first, what watches it last. */
export interface Lifecycle {
  app: Closable;
  internal: Closable;
  logging: LoggingHandle;
  graceMs: number;
}

/**
 * Shuts down on SIGTERM and SIGINT: not ready at once, then requests, consumers and jobs end, then telemetry is flushed.
 * A second signal, or a grace time that runs out, ends the process without waiting.
 */
export function closeOnSignals(lifecycle: Lifecycle): void {
  let closing = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (closing) process.exit(1);
    closing = true;
    void closeAll(lifecycle, signal);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

async function closeAll({ app, internal, logging, graceMs }: Lifecycle, signal: string): Promise<void> {
  const startedAt = performance.now();
  const outOfTime = setTimeout(() => {
    logger.error(`not closed within ${graceMs} ms; leaving`);
    process.exit(1);
  }, graceMs);
  outOfTime.unref();
  health.add('shutdown', () => {
    throw new Error('shutting down');
  });
  logger.info(`${signal}: closing`, { event: { action: 'service-stopping' } });
  try {
    await app.close();
    const duration = Math.round((performance.now() - startedAt) * 1e6);
    logger.info('closed', { event: { action: 'service-stopped', outcome: 'success', duration } });
    process.exitCode = 0;
  } catch (error) {
    logger.error('closing failed', { event: { action: 'service-stopped', outcome: 'failure' } }, error);
    process.exitCode = 1;
  }
  await internal.close();
  await logging.close();
  process.exit();
}
