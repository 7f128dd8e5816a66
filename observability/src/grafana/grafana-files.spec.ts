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
    const [destination] = prometheus!.jsonData.exemplarTraceIdDestinations!;
    expect(destination!.name).toBe('trace_id');
    // Grafana fills in ${NAME} from its environment and leaves $${NAME} as ${NAME} for the browser.
    const filled = destination!.url
      .replaceAll(/(?<!\$)\$\{(\w+)\}/g, 'https://kibana.example')
      .replaceAll('$${', '${')
      .replace(macro('__value.raw'), '4bf92f3577b34da6a3ce929d0e0e4736');
    expect(filled).not.toContain('$');
    const { origin, pathname, hash } = new URL(filled);
    expect(origin + pathname).toBe('https://kibana.example/app/discover');
    expect(decodeURIComponent(hash)).toContain(`query:'trace.id:"4bf92f3577b34da6a3ce929d0e0e4736"'`);
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
