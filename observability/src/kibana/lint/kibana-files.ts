import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Json = Record<string, unknown>;

/** What Kibana is given, as it lies in the repository. */
export interface KibanaFiles {
  /** Dashboards for the API by the name of their file. */
  readonly api: Record<string, Json>;
  /** Lines of the saved objects. */
  readonly objects: Json[];
  /** Alert rules by the name of their file. */
  readonly rules: Record<string, Json>;
}

export function readKibanaFiles(root: string): KibanaFiles {
  const dir = join(root, 'observability/kibana');
  const folder = (name: string) =>
    Object.fromEntries(
      readdirSync(join(dir, name))
        .toSorted()
        .map((file) => [file.slice(0, -5), JSON.parse(readFileSync(join(dir, name, file), 'utf8')) as Json]),
    );
  return {
    api: folder('api'),
    rules: folder('rules'),
    objects: readFileSync(join(dir, 'objects.ndjson'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Json),
  };
}

/** A panel of either output. */
export interface AnyPanel {
  readonly where: string;
  readonly id: string;
  readonly type: string;
  readonly grid: { x: number; y: number; w: number; h: number };
  readonly raw: Json;
}

export function apiPanels({ api }: KibanaFiles): AnyPanel[] {
  return Object.entries(api).flatMap(([name, dashboard]) =>
    (dashboard['panels'] as Json[]).map((raw) => ({
      where: `api/${name}`,
      id: String(raw['id']),
      type: String(raw['type']),
      grid: raw['grid'] as AnyPanel['grid'],
      raw,
    })),
  );
}

export function objectPanels({ objects }: KibanaFiles): AnyPanel[] {
  return objects
    .filter(({ type }) => type === 'dashboard')
    .flatMap(({ id, attributes }) =>
      (JSON.parse((attributes as { panelsJSON: string }).panelsJSON) as Json[]).map((raw) => ({
        where: `objects/${String(id)}`,
        id: String(raw['panelIndex']),
        type: String(raw['type']),
        grid: raw['gridData'] as AnyPanel['grid'],
        raw,
      })),
    );
}

export function allPanels(files: KibanaFiles): AnyPanel[] {
  return [...apiPanels(files), ...objectPanels(files)];
}

/** Every ES|QL query of both outputs, with the place it is at. */
export function esqlQueries(files: KibanaFiles): Array<{ where: string; query: string }> {
  const raws = [
    ...allPanels(files).map(({ where, id, raw }) => ({ where: `${where} ${id}`, raw })),
    ...Object.entries(files.rules).map(([name, raw]) => ({ where: `rules/${name}`, raw })),
  ];
  return raws.flatMap(({ where, raw }) => {
    const found = new Set<string>();
    walk(raw, (key, value) => {
      if (typeof value === 'string' && (key === 'esql' || (key === 'query' && /^(FROM|TS|ROW|PROMQL)\b/.test(value)))) {
        found.add(value);
      }
    });
    return [...found].map((query) => ({ where, query }));
  });
}

function walk(value: unknown, visit: (key: string, value: unknown) => void): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    visit(key, inner);
    walk(inner, visit);
  }
}
