import { runbookOf } from '../signals/alerts.js';

/** Public address of the gateway, which every Prometheus of the project has as an external label. */
export const ADDRESS_LABEL = 'mirante_url';
const ADDRESS = `{{ $externalLabels.${ADDRESS_LABEL} }}`;

export interface AlertTexts {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly dashboard: string;
}

/** What every alert carries: what happened, what it means, where to read on and where to look. */
export function annotationsOf({ name, summary, description, dashboard }: AlertTexts): Record<string, string> {
  return {
    summary,
    description,
    runbook_url: `${ADDRESS}/ops/runbooks/${runbookOf(name)}`,
    dashboard_url: `${ADDRESS}/ops/dashboards/${dashboard}`,
  };
}

/** What Prometheus makes of annotations: the few forms of templates the alerts use. */
export function renderAnnotations(
  annotations: Readonly<Record<string, string>>,
  given: { labels: Readonly<Record<string, string>>; externalLabels: Readonly<Record<string, string>>; value?: string },
): Record<string, string> {
  const render = (text: string) =>
    text.replace(/\{\{ \$(labels|externalLabels|value)(?:\.(\w+))?(?: \| \w+)? \}\}/g, (template, kind, name) => {
      if (kind === 'value') {
        if (given.value === undefined) throw new Error(`the test does not say what ${template} becomes`);
        return given.value;
      }
      return given[kind as 'labels' | 'externalLabels'][name as string] ?? '';
    });
  return Object.fromEntries(Object.entries(annotations).map(([name, text]) => [name, render(text)]));
}
