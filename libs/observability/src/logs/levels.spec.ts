import { afterEach, describe, expect, it } from 'vitest';
import { newContext, runInContext } from '../context/trace-context.js';
import { currentLogLevels, setLogLevels as sut, toggleDebugLevel } from './levels.js';
import { createLogger } from './logger.js';

describe('setLogLevels', () => {
  afterEach(() => sut('warn'));

  it('should set a level for all and for single contexts, at once', () => {
    const server = createLogger('AmqpServer');
    const other = createLogger('Other');
    expect([server.isEnabled('info'), other.isEnabled('info')]).toEqual([false, false]);
    sut(' info , AmqpServer = debug,Loud=error ');
    expect([server.isEnabled('debug'), other.isEnabled('debug'), other.isEnabled('info')]).toEqual([true, false, true]);
    expect(createLogger('Loud').isEnabled('warn')).toBe(false);
    expect(currentLogLevels()).toBe('info,AmqpServer=debug,Loud=error');
  });

  it.each([
    'loud',
    'info,A=',
    'A=debug=info',
    'A b=info',
    'INFO',
    '__proto__',
    'info,constructor',
    `${'a=info,'.repeat(200)}`,
  ])('should refuse %j and change nothing', (spec) => {
    sut('error');
    expect(() => sut(spec)).toThrow(expect.objectContaining({ code: 'LOGGING.BAD_LEVELS' }));
    expect(currentLogLevels()).toBe('error');
  });

  it('should toggle debug and come back', () => {
    sut('warn,A=error');
    toggleDebugLevel();
    expect(createLogger('A').isEnabled('debug')).toBe(true);
    toggleDebugLevel();
    expect(currentLogLevels()).toBe('warn,A=error');
  });

  it('should write debug for a single trace that asks for it', () => {
    const logger = createLogger('A');
    const enabled = runInContext({ ...newContext(), debug: true }, () => logger.isEnabled('debug'));
    expect([enabled, logger.isEnabled('debug')]).toEqual([true, false]);
  });
});
