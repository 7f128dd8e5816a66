/** A metric as `/metrics` shows it. */
export interface ShownFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly ShownSample[];
}

export interface ShownSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Reads Prometheus' text format, version 0.0.4, as our services print it: metadata first, then the samples. */
export function readExposition(text: string): ShownFamily[] {
  const families: { name: string; type: string; help: string; samples: ShownSample[] }[] = [];
  for (const line of text.split('\n').filter(Boolean)) {
    const [, kind, name, rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    if (kind === 'HELP') families.push({ name: name!, type: 'untyped', help: unescaped(rest), samples: [] });
    else if (kind === 'TYPE') families.at(-1)!.type = rest;
    else families.at(-1)!.samples.push(readSample(line));
  }
  return families;
}

function readSample(line: string): ShownSample {
  const [, name, labels = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
  if (name === undefined) throw new Error(`no sample: ${line}`);
  const pairs = [...labels.matchAll(/(\w+)="((?:\\.|[^"\\])*)"/g)];
  return { name, labels: Object.fromEntries(pairs.map(([, label, value]) => [label!, unescaped(value!)])) };
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}
