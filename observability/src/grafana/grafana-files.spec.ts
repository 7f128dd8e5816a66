import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { repoRoot } from '../../../compose/native/src/repo.js';
import { readCatalogue } from '../signals/catalogue.js';
import { grafanaFiles } from './grafana-files.js';
import { macro } from './model/addresses.js';

interface Provisioning {
  datasources: {
    uid: string;
    editable: boolean;
    jsonData: { exemplarTraceIdDestinations?: { name: string; url: string }[] };
  }[];
  providers: { disableDeletion: boolean; allowUiUpdates: boolean; folderUid: string; options: { path: string } }[];
}

const sut = new Map(grafanaFiles(readCatalogue(repoRoot)).map(({ path, text }) => [path.split('/grafana/')[1], text]));
const provisioning = (path: string) => parse(sut.get(`provisioning/${path}/mirante.yaml`)!) as Provisioning;

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';

/** As Grafana does it: ${NAME} from its environment, and $${NAME} becomes ${NAME}, which the browser fills in. */
function filledIn(url: string): string {
  const filled = url
    .replaceAll(/(?<!\$)\$\{(\w+)\}/g, 'https://kibana.example')
    .replaceAll('$${', '${')
    .replace(macro('__value.raw'), TRACE_ID);
  expect(filled).not.toContain('$');
  return filled;
}

interface ComposeFile {
  services: { grafana: { environment: Record<string, string>; volumes: string[] } };
}

describe('files of Grafana', () => {
  it('should be nine dashboards, named after their uids', () => {
    const dashboards = [...sut].filter(([path]) => path!.startsWith('dashboards/'));
    expect(dashboards).toHaveLength(9);
    for (const [path, text] of dashboards)
      expect(path).toBe(`dashboards/${(JSON.parse(text) as { uid: string }).uid}.json`);
  });

  it('should lead from an exemplar to the log lines of its trace', () => {
    const [prometheus] = provisioning('datasources').datasources;
    expect(prometheus!.uid).toBe('mirante-prometheus');
    const [lines, waterfall] = prometheus!.jsonData.exemplarTraceIdDestinations!.map(({ name, url }) => {
      expect(name).toBe('trace_id');
      return new URL(filledIn(url));
    });
    expect(lines!.origin + lines!.pathname).toBe('https://kibana.example/app/discover');
    expect(waterfall!.hash).toMatch(/^#\/view\/mirante-trace\?/);
    for (const { hash } of [lines!, waterfall!]) {
      expect(decodeURIComponent(hash)).toContain(`query:'trace.id:"${TRACE_ID}"'`);
    }
    const views = readFileSync(join(repoRoot, 'observability/kibana/objects.ndjson'), 'utf8').split('\n');
    const known = new Set(views.filter(Boolean).map((line) => (JSON.parse(line) as { id: string }).id));
    const [, view] = /dataViewId:([\w-]+)/.exec(lines!.hash)!;
    expect(known).toContain(view);
    expect(known).toContain('mirante-trace');
  });

  it('should find in its container what the files name', () => {
    const text = readFileSync(join(repoRoot, 'compose/compose.observability.yaml'), 'utf8');
    const { services } = parse(text, { merge: true }) as ComposeFile;
    const { environment, volumes } = services.grafana;
    const named = [...sut.values()].flatMap((file) =>
      [...file.matchAll(/(?<!\$)\$\{(MIRANTE_\w+)\}/g)].map(([, name]) => name!),
    );
    expect(new Set(named)).toEqual(new Set(Object.keys(environment).filter((name) => name.startsWith('MIRANTE_'))));
    const [provider] = provisioning('dashboards').providers;
    expect(volumes).toContain(`../observability/grafana/dashboards:${provider!.options.path}:ro`);
    expect(volumes).toContain('../observability/grafana/provisioning:/etc/grafana/provisioning:ro');
    expect(environment['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH']).toBe(
      `${provider!.options.path}/mirante-overview.json`,
    );
  });

  it('should be read-only from both sides', () => {
    for (const { editable } of provisioning('datasources').datasources) expect(editable).toBe(false);
    const [provider] = provisioning('dashboards').providers;
    expect(provider).toMatchObject({ disableDeletion: true, allowUiUpdates: false, folderUid: 'mirante' });
  });
});
