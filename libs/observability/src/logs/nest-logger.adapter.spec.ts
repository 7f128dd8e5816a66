import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseLine } from '../../test/log-line.js';
import { createPipeline } from './winston-pipeline.js';
import { EcsEncoder } from './ecs-encoder.js';
import { LogWriter } from './log-writer.js';
import { setLogLevels } from './levels.js';
import { NestLoggerAdapter } from './nest-logger.adapter.js';
import { activatePipeline } from './pipeline-state.js';
import { RepeatLimiter, DEFAULT_REPEAT } from './repeat-limiter.js';

describe('NestLoggerAdapter', () => {
  let text: string;
  let writer: LogWriter;
  const sut = new NestLoggerAdapter();

  beforeEach(() => {
    text = '';
    const sink = {
      write: async () => {},
      writeSync: (chunk: Buffer) => void (text += chunk.toString()),
      close: () => {},
    };
    writer = new LogWriter(sink, { maxBufferBytes: 1024 * 1024, dropSummary: () => '' });
    const encoder = new EcsEncoder({ service: 's', version: 'v', environment: 'e', instance: 'i' });
    const limiter = new RepeatLimiter(DEFAULT_REPEAT, () => {});
    activatePipeline({ ...createPipeline(encoder, writer), encoder, writer, limiter });
    setLogLevels('debug,Quiet=error');
  });
  afterEach(() => {
    activatePipeline(undefined);
    setLogLevels('warn');
  });

  const lines = () => {
    writer.flushSync();
    return text.split('\n').slice(0, -1).map(parseLine);
  };

  it('should take the context out of the last argument', () => {
    sut.log('started', 'NestFactory');
    sut.warn('no context here');
    sut.debug('quiet', 'Quiet');
    sut.verbose({ a: 1 }, 'Router');
    expect(lines().map((line) => [line['log.level'], line['log.logger'], line['message']])).toEqual([
      ['info', 'NestFactory', 'started'],
      ['warn', 'Nest', 'no context here'],
      ['debug', 'Router', '{"a":1}'],
    ]);
  });

  it('should find the error in every way that Nest hands one over', () => {
    const error = new TypeError('broken');
    sut.error(error, 'ExceptionsHandler');
    sut.error('it broke', error.stack, 'ExceptionsHandler');
    sut.error('it broke', error, undefined, 'ExceptionsHandler');
    sut.fatal('it broke');
    expect(
      lines().map((line) => [line['log.logger'], line.error?.['type'], line.error?.['message'], line['message']]),
    ).toEqual([
      ['ExceptionsHandler', 'TypeError', 'broken', 'broken'],
      ['ExceptionsHandler', 'TypeError', 'broken', 'it broke'],
      ['ExceptionsHandler', 'TypeError', 'broken', 'it broke'],
      ['Nest', undefined, undefined, 'it broke'],
    ]);
  });
});
