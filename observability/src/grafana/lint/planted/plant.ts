import type { DashboardJson } from '../dashboard-json.js';

/** A mistake somebody could make, and what the rule against it says. */
export interface Planted {
  readonly rule: string;
  readonly what: string;
  /** Changes a copy of the dashboard mirante-messaging. */
  plant(dashboard: Loose): void;
  readonly finds: RegExp;
}

/** The dashboard with everything writable, as an editor of JSON sees it. */
export type Loose = { -readonly [Key in keyof DashboardJson]: unknown } & {
  panels: LoosePanel[];
  templating: { list: Record<string, unknown>[] };
  links: Record<string, unknown>[];
  tags: string[];
};

interface LoosePanel {
  [key: string]: unknown;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets: Record<string, unknown>[];
  links: Record<string, unknown>[];
  fieldConfig: { defaults: Record<string, unknown> };
  options: { legend: Record<string, unknown> };
}

export const panel = (dashboard: Loose, title: string): LoosePanel =>
  dashboard.panels.find((found) => found.title === title)!;
export const target = (dashboard: Loose, title: string) => panel(dashboard, title).targets[0]!;
export const variable = (dashboard: Loose, name: string) =>
  dashboard.templating.list.find((found) => found['name'] === name)!;
export const expr = (title: string, change: (text: string) => string) => (dashboard: Loose) => {
  const found = target(dashboard, title);
  found['expr'] = change(String(found['expr']));
};
export const replaced = (title: string, from: string | RegExp, to: string) =>
  expr(title, (text) => {
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`${title} has no ${from}: ${text}`);
    return changed;
  });
export const linked = (url: string) => (dashboard: Loose) =>
  void panel(dashboard, 'Waiting').links.push({ title: 'planted', type: 'link', url });
