import { beforeAll, describe, expect, it } from 'vitest';
import { newContext, runInContext } from '../context/trace-context.js';
import '../logs/logs.metrics.js';
import { histogram } from './instruments.js';
import { collectProcessMetrics, setBuildInfo } from './process-metrics.js';
import * as readyMade from './ready-made.metrics.js';
import { renderMetrics as sut } from './render-metrics.js';

interface Family {
  name: string;
  type: string;
  help: string;
  samples: string[];
}

function families(body: string): Family[] {
  const found: Family[] = [];
  for (const line of body.split('\n')) {
    const [, kind, name, rest] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    if (kind === 'HELP') found.push({ name: name!, help: rest!, type: '', samples: [] });
    else if (kind === 'TYPE') found.at(-1)!.type = rest!;
    else if (line !== '' && !line.startsWith('#')) found.at(-1)!.samples.push(line);
  }
  return found;
}

describe('renderMetrics', () => {
  beforeAll(() => {
    collectProcessMetrics();
    setBuildInfo('1.2.3', 'abc');
    const context = newContext();
    runInContext(context, () =>
      readyMade.httpServerDuration.observe({ http_route: '/x', http_request_method: 'GET' }, 0.2),
    );
  });

  it('should pass the rules of promtool check metrics', async () => {
    const { body, contentType } = await sut('text/plain');
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    const found = families(body);
    expect(found.length).toBeGreaterThan(30);
    for (const { name, type, help, samples } of found) {
      expect(help, name).not.toBe('');
      expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(name.endsWith('_total'), `${name} is a ${type}`).toBe(type === 'counter');
      expect(name, 'type in name').not.toMatch(/_(counter|gauge|histogram|summary)(_|$)/);
      expect(name, 'abbreviated unit').not.toMatch(/_(s|ms|us|ns|sec|b|kb|mb|gb|m|h|d)(_total)?$/);
      expect(name, 'not a base unit').not.toMatch(
        /_(milliseconds|microseconds|minutes|hours|days|kilobytes|megabytes|bits|percent|celsius)(_|$)/,
      );
      for (const sample of samples)
        expect(sample).toMatch(/^[a-z0-9_]+(\{.*\})? (-?\d+(\.\d+)?(e[+-]\d+)?|NaN|[+-]Inf)$/);
    }
    expect(new Set(found.map(({ name }) => name)).size).toBe(found.length);
  });

  it('should be valid OpenMetrics', async () => {
    const { body, contentType } = await sut('application/openmetrics-text; version=1.0.0');
    expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(body.endsWith('\n# EOF\n')).toBe(true);
    expect(body).not.toMatch(/\n\n/);
    for (const { name, type, samples } of families(body)) {
      expect(name.endsWith('_total')).toBe(false);
      const suffixes = { counter: '_total', gauge: '', histogram: '_(bucket|sum|count)' }[type];
      for (const sample of samples)
        if (suffixes !== undefined) expect(sample).toMatch(new RegExp(`^${name}${suffixes}[{ ]`));
    }
    expect(body).toMatch(/ # \{trace_id="[0-9a-f]{32}",span_id="[0-9a-f]{16}"\} 0\.2 \d+/);
  });

  it('should show what runs and the state of the process under the usual names', async () => {
    const { body } = await sut();
    expect(body).toContain(`build_info{version="1.2.3",revision="abc",node_version="${process.versions.node}"} 1`);
    for (const name of [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_heap_size_limit_bytes',
      'nodejs_eventloop_lag_seconds',
      'process_start_time_seconds',
    ]) {
      expect(body).toMatch(new RegExp(`^${name} \\d`, 'm'));
    }
  });

  it('should not keep the event loop from other work', async () => {
    for (let index = 0; index < 30; index++) {
      const big = histogram({
        name: `spec_big_${index}_seconds`,
        help: 'Big.',
        labelNames: ['x'],
        buckets: [1, 2, 3, 4, 5, 6, 7, 8, 9],
      });
      for (let label = 0; label < 500; label++) big.observe({ x: label }, 1);
    }
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    const { body } = await sut();
    clearInterval(timer);
    expect(body.length).toBeGreaterThan(5_000_000);
    expect(longest).toBeGreaterThan(0);
    expect(longest).toBeLessThan(250);
  });
});
