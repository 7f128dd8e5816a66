import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createLogger, initLogging, setLogLevels } from '#libs/observability';
import { repoRoot } from '../../compose/native/src/repo.js';
import { inputsOf, open, SHORTEST_FIRST_LINE } from '../src/filebeat/filebeat-rules.js';

/** Files as a service leaves them: the current one, some that were put aside, and a lock of a process that lives. */
describe('the files Filebeat reads', () => {
  let dir: string;
  let names: string[];

  const config = open(parse(readFileSync(join(repoRoot, 'observability/filebeat/filebeat.yml'), 'utf8'))) as object;
  const [input] = inputsOf(config as never) as unknown as [
    { paths: string[]; prospector: { scanner: { exclude_files: string[]; fingerprint: { length: number } } } },
  ];
  const isRead = (name: string) => {
    const path = join(dir, name);
    const { exclude_files: excluded } = input.prospector.scanner;
    return (
      input.paths.some((glob) => asExpression(glob.replace(/\$\{[^}]*\}/, dir)).test(path)) &&
      !excluded.some((expression) => new RegExp(expression).test(path))
    );
  };
  const firstLine = (name: string) => readFileSync(join(dir, name)).indexOf(0x0a) + 1;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'filebeat-'));
    const rotation = { maxFileBytes: 4_096 };
    const logging = initLogging({
      service: 's',
      version: 'v',
      environment: 'e',
      levels: 'info',
      instance: 'i',
      dir,
      rotation,
    });
    const log = createLogger('Spec');
    for (let line = 0; line < 40; line++) {
      log.info(`line ${line}`, { labels: { filler: 'x'.repeat(200) } });
      await logging.flush();
    }
    names = readdirSync(dir);
    await logging.close();
    setLogLevels('warn');
  });

  afterAll(() => rmSync(dir, { recursive: true }));

  it('should be all that hold lines, and no others', () => {
    expect(names).toContain('s.i.ndjson.lock');
    expect(names.filter((name) => /\.ndjson\.\d{8}T/.test(name)).length).toBeGreaterThan(1);
    expect(names.filter(isRead).sort()).toEqual(names.filter((name) => !name.endsWith('.lock')).sort());
  });

  it('should be long enough to be told apart from their first line on', () => {
    for (const name of names.filter(isRead)) {
      expect(firstLine(name), name).toBeGreaterThanOrEqual(SHORTEST_FIRST_LINE);
      expect(firstLine(name), name).toBeGreaterThanOrEqual(input.prospector.scanner.fingerprint.length);
    }
  });

  it('should have fingerprints of their own', () => {
    const { length } = input.prospector.scanner.fingerprint;
    const prints = names.filter(isRead).map((name) => readFileSync(join(dir, name)).subarray(0, length).toString());
    expect(new Set(prints).size).toBe(prints.length);
  });
});

/** `*` is any text without a slash, as in Go's `filepath.Match`. */
function asExpression(glob: string): RegExp {
  return new RegExp(
    `^${glob
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('[^/]*')}$`,
  );
}
