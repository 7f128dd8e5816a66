/**
 * A process (the body of an ES module) that logs numbered lines at full speed: `<log folder> <report folder> <name> <count>`.
 *
 * 200 lines per turn of the event loop, and now and then 5,000 at once. Says `half` and `done` on stderr. When it has flushed, it
 * says so in `<name>.flushed`, so that after `kill -9` it is known what had to be there. On SIGTERM it stops where it is, leaves
 * its counters in `<name>.json`, and exits without flushing.
 */
export const LOG_WRITER_PROGRAM = `
  import { writeFileSync } from 'node:fs';
  import { setImmediate as turn } from 'node:timers/promises';
  import { createLogger, initLogging, renderMetrics } from '#libs/observability';
  const [dir, home, writer, count] = process.argv.slice(2);
  const rotation = { maxFileBytes: 4 * 1024 * 1024, maxFiles: 100_000, maxTotalBytes: 1e12 };
  const handle = initLogging({ service: 'full-speed', version: '1', environment: 'test', levels: 'info', dir, instance: 'a', rotation });
  const logger = createLogger('FullSpeed');
  const LEVELS = ['info', 'info', 'info', 'info', 'info', 'info', 'info', 'info', 'warn', 'error'];
  let logged = 0;
  let stopped = false;
  process.on('SIGTERM', () => { stopped = true; });
  const log = (lines) => {
    for (let i = 0; i < lines && logged < count; i++, logged++) {
      logger[LEVELS[logged % 10]]('line ' + logged, { labels: { writer, number: logged } });
    }
  };
  let saidHalf = false;
  for (let round = 0; logged < count && !stopped; round++) {
    log(round % 50 === 49 ? 5_000 : 200);
    if (round % 20 === 19) {
      await handle.flush();
      writeFileSync(home + '/' + writer + '.flushed', String(logged));
    }
    if (!saidHalf && logged > count / 2) saidHalf = process.stderr.write('half');
    await turn();
  }
  process.stderr.write('done');
  while (!stopped) await new Promise((resolve) => setTimeout(resolve, 10));
  const { body } = await renderMetrics();
  const value = (name) => Number(new RegExp('^' + name + ' (.*)$', 'm').exec(body)?.[1] ?? 0);
  const dropped = value('log_lines_dropped_total\\\\{reason="buffer_full"\\\\}');
  const repeated = value('log_lines_dropped_total\\\\{reason="repeated"\\\\}');
  writeFileSync(home + '/' + writer + '.json', JSON.stringify({ logged, dropped, repeated }));
  process.exit(0);
`;
