import { EcsEncoder } from './ecs-encoder.js';
import { LogWriter } from './log-writer.js';
import { DEFAULT_REPEAT, RepeatLimiter, type Suppressed } from './repeat-limiter.js';
import { StreamSink } from './stream-sink.js';
import { createPipeline, type Pipeline } from './winston-pipeline.js';

/** What loggers write through. */
export interface ActivePipeline extends Pipeline {
  encoder: EcsEncoder;
  writer: LogWriter;
  limiter: RepeatLimiter;
}

let active: ActivePipeline | undefined;

/** The pipeline in force; before logging is set up, one that writes to stderr. */
export function activePipeline(): ActivePipeline {
  return (active ??= beforeSetup());
}

export function activatePipeline(pipeline: ActivePipeline | undefined): void {
  active = pipeline;
}

/** Writes the line that tells how many repeated lines were left out. */
export function reportSuppressed(pipeline: () => Pipeline): (suppressed: Suppressed) => void {
  return ({ logger, message, count }) =>
    pipeline().write({
      level: 'info',
      logger,
      message: `suppressed ${count} lines like: ${message}`,
      fields: { event: { action: 'log-lines-suppressed' }, labels: { suppressed_count: count } },
    });
}

function beforeSetup(): ActivePipeline {
  const encoder = new EcsEncoder({
    service: 'unknown',
    version: 'unknown',
    environment: 'unknown',
    instance: 'unknown',
  });
  const sink = new StreamSink(2);
  const writer = new LogWriter(sink, { maxBufferBytes: 1024 * 1024, dropSummary: () => '' });
  const pipeline = createPipeline(encoder, writer);
  // Whoever logs this early may be about to exit: nothing waits in memory.
  const immediate: Pipeline = {
    ...pipeline,
    write(record) {
      pipeline.write(record);
      writer.flushSync();
    },
  };
  const limiter = new RepeatLimiter(
    DEFAULT_REPEAT,
    reportSuppressed(() => immediate),
  );
  return { ...immediate, encoder, writer, limiter };
}
