import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { repoRoot } from '../../compose/native/src/repo.js';
import { programsOf } from '../../compose/native/src/servers/programs.js';
import { prometheusServerConfig } from '../src/prometheus/server-config.js';
import { alertRulesFile } from '../src/prometheus/alert-rules.js';
import { alertTestsFile } from '../src/prometheus/alert-tests.js';
import { readCatalogue } from '../src/signals/catalogue.js';

const run = promisify(execFile);
const prometheus = join(repoRoot, 'observability/prometheus');
const dir = mkdtempSync(join(tmpdir(), 'rules-'));

afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** @returns what promtool prints; throws with it when promtool finds something wrong */
async function promtool(...args: string[]): Promise<string> {
  const { promtool: program, env } = programsOf('prometheus');
  const { stdout, stderr } = await run(program, args, { env: { ...process.env, ...env }, maxBuffer: 16 * 1024 * 1024 });
  return stdout + stderr;
}

describe('rules of Prometheus', () => {
  it.each(['recording', 'slo', 'alerts'])('should be without fault and without lint: %s', async (name) => {
    const said = await promtool('check', 'rules', '--lint=all', join(prometheus, `rules/${name}.yml`));
    expect(said).toMatch(/SUCCESS: \d+ rules found/);
    expect(said).not.toMatch(/duplicate|FAILED/i);
  });

  it.each(['alerts', 'slo-pages', 'slo-tickets'])(
    'should fire and clear as %s.yml says',
    async (name) => {
      expect(await promtool('test', 'rules', join(prometheus, `tests/${name}.yml`))).toMatch(/SUCCESS/);
    },
    240_000,
  );

  it('should be found out when one does not fire any more', async () => {
    const alerts = readCatalogue(repoRoot).alerts.filter(({ name }) => name === 'MysqlDown');
    const broken = alerts.map((alert) => ({ ...alert, expr: alert.expr.replace('== 0', '== 2') }));
    for (const folder of ['rules', 'tests']) mkdirSync(join(dir, folder));
    writeFileSync(join(dir, 'rules/recording.yml'), 'groups: []\n');
    writeFileSync(join(dir, 'rules/alerts.yml'), alertRulesFile({ alerts: broken } as never).text);
    writeFileSync(join(dir, 'tests/alerts.yml'), alertTestsFile({ alerts }).text);
    await expect(promtool('test', 'rules', join(dir, 'tests/alerts.yml'))).rejects.toThrow(
      /MysqlDown fires and clears/,
    );
  });
});

describe('configurations of Prometheus', () => {
  it.each(['compose', 'elasticsearch'])('should be without fault: prometheus.%s.yml', async (name) => {
    // The files they name are in a container.
    const said = await promtool('check', 'config', '--syntax-only', join(prometheus, `prometheus.${name}.yml`));
    expect(said).toMatch(/SUCCESS/);
  });

  it('should be without fault, rules included, as native mode has it', async () => {
    const file = join(dir, 'prometheus.yml');
    const at = (port: number) => ({ targets: [`127.0.0.1:${port}`] });
    const config = prometheusServerConfig({
      interval: '5s',
      scrapeTimeout: '4s',
      address: 'http://127.0.0.1:8080',
      ruleFiles: [join(prometheus, 'rules/*.yml')],
      services: [{ ...at(1), labels: { service: 'gateway' } }],
      rabbitmq: at(2),
      mysql: at(3),
      prometheus: at(4),
      alertmanager: at(5),
    });
    writeFileSync(file, JSON.stringify(config));
    expect(await promtool('check', 'config', file)).toMatch(/SUCCESS: .* is valid[\s\S]*SUCCESS: \d+ rules found/);
  });
});
