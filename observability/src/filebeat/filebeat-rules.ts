import { LOGS } from '../elasticsearch/streams.data.js';

type Json = Record<string, unknown>;

/** One thing that can be wrong with a configuration of Filebeat, and cost lines. */
export interface FilebeatRule {
  readonly name: string;
  /** @param config as Filebeat sees it: dotted names opened up */
  problems(config: Json): readonly string[];
}

/** The shortest first line a service writes, in bytes; `libs/observability` promises it, and a test measures it. */
export const SHORTEST_FIRST_LINE = 1_200;

const DEPRECATED_INPUTS = new Set(['log', 'container', 'docker', 'stdin']);

export const FILEBEAT_RULES: readonly FilebeatRule[] = [
  {
    name: 'input-type',
    problems: (config) =>
      inputsOf(config).flatMap(({ type }) => {
        if (DEPRECATED_INPUTS.has(String(type))) return [`the input ${String(type)} is deprecated, use filestream`];
        return type === 'filestream' ? [] : [`${String(type)} is not filestream`];
      }),
  },
  {
    name: 'input-id',
    problems: (config) => {
      const ids = inputsOf(config).map(({ id }) => id);
      const bad = ids.filter((id) => typeof id !== 'string' || id === '' || id.includes('${'));
      const doubled = ids.filter((id, index) => ids.indexOf(id) !== index);
      return [
        ...bad.map((id) => `the id ${JSON.stringify(id)} is not a fixed text`),
        ...doubled.map((id) => `the id ${String(id)} is there twice`),
      ];
    },
  },
  {
    name: 'fingerprint',
    problems: (config) =>
      inputsOf(config).flatMap((input) => {
        const problems: string[] = [];
        if (at(input, 'file_identity.fingerprint') === undefined)
          problems.push('files are not told apart by fingerprint');
        const length = at(input, 'prospector.scanner.fingerprint.length');
        if (typeof length !== 'number') problems.push('the length of the fingerprint is left to a default');
        else if (length < 64) problems.push(`a fingerprint of ${length} bytes is refused, 64 is the least`);
        else if (length > SHORTEST_FIRST_LINE) {
          problems.push(
            `files shorter than ${length} bytes are not read, and a first line may have ${SHORTEST_FIRST_LINE}`,
          );
        }
        return problems;
      }),
  },
  {
    name: 'parser',
    problems: (config) =>
      inputsOf(config).flatMap((input) => {
        const parsers = (input['parsers'] ?? []) as Json[];
        const ndjson = parsers.find((parser) => 'ndjson' in parser)?.['ndjson'] as Json | undefined;
        if (!ndjson) return ['lines are not read as JSON'];
        const wanted = {
          target: '',
          overwrite_keys: true,
          expand_keys: true,
          add_error_key: true,
          document_id: 'event.id',
        };
        return Object.entries(wanted)
          .filter(([option, value]) => ndjson[option] !== value)
          .map(
            ([option, value]) =>
              `ndjson.${option} is ${JSON.stringify(ndjson[option])} instead of ${JSON.stringify(value)}`,
          );
      }),
  },
  {
    name: 'files',
    problems: (config) =>
      inputsOf(config).flatMap((input) => {
        const excluded = ((at(input, 'prospector.scanner.exclude_files') ?? []) as string[]).map(
          (text) => new RegExp(text),
        );
        const isExcluded = (name: string) => excluded.some((expression) => expression.test(name));
        const problems: string[] = [];
        if (at(input, 'prospector.scanner.symlinks') !== false) problems.push('symbolic links are followed');
        if (!isExcluded('/logs/a.ndjson.1.gz')) problems.push('compressed files are not left out');
        if (!isExcluded('/logs/a.ndjson.lock')) problems.push('lock files are not left out');
        return problems;
      }),
  },
  {
    name: 'registry',
    problems: (config) =>
      inputsOf(config).flatMap((input) => {
        const closes = at(input, 'close.on_state_change.removed') !== false;
        const forgets = input['clean_removed'] !== false;
        if (closes) return ['the rest of a file that is removed while it is read is lost'];
        if (forgets) return ['clean_removed has to be off where removed files are read to their end'];
        const older = hoursOf(input['ignore_older']);
        const inactive = hoursOf(input['clean_inactive']);
        if (older === undefined || inactive === undefined)
          return ['without clean_inactive the registry grows for ever'];
        return inactive > older ? [] : ['clean_inactive has to be longer than ignore_older'];
      }),
  },
  {
    name: 'output',
    problems: (config) => {
      const index = at(config, 'output.elasticsearch.index');
      const problems = index === LOGS.stream ? [] : [`lines go to ${JSON.stringify(index)} instead of ${LOGS.stream}`];
      for (const part of ['template', 'ilm', 'dashboards']) {
        if (at(config, `setup.${part}.enabled`) !== false)
          problems.push(`setup.${part} would write what the set-up job owns`);
      }
      const outputs = Object.keys((config['output'] ?? {}) as Json);
      return outputs.length === 1 ? problems : [...problems, `Filebeat takes one output, not ${outputs.length}`];
    },
  },
  {
    name: 'secrets',
    problems: (config) =>
      ['api_key', 'username', 'password']
        .map((name) => [name, at(config, `output.elasticsearch.${name}`)] as const)
        .filter(([, value]) => value !== undefined && !/^\$\{[A-Z_]+:?\}$/.test(String(value)))
        .map(([name]) => `output.elasticsearch.${name} is written down instead of taken from the environment`),
  },
  {
    name: 'statistics',
    problems: (config) => (at(config, 'http.enabled') === true ? [] : ['the figures of Filebeat cannot be asked for']),
  },
];

/** Every problem, with the name of its rule in front. */
export function filebeatProblems(config: Json): readonly string[] {
  const opened = open(config) as Json;
  return FILEBEAT_RULES.flatMap(({ name, problems }) => problems(opened).map((text) => `${name}: ${text}`));
}

/** `{'a.b': 1}` and `{a: {b: 1}}` mean the same to Filebeat. */
export function open(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(open);
  if (typeof value !== 'object' || value === null) return value;
  const opened: Json = {};
  for (const [key, inner] of Object.entries(value)) {
    const parts = key.split('.');
    let target = opened;
    for (const part of parts.slice(0, -1)) target = (target[part] ??= {}) as Json;
    const leaf = parts.at(-1)!;
    const before = target[leaf];
    const after = open(inner);
    const both = typeof before === 'object' && typeof after === 'object' && before !== null && after !== null;
    target[leaf] = both ? { ...before, ...after } : after;
  }
  return opened;
}

function at(config: Json, path: string): unknown {
  return path.split('.').reduce<unknown>((value, part) => (value as Json | undefined)?.[part], config);
}

export function inputsOf(config: Json): readonly Json[] {
  return (at(config, 'filebeat.inputs') ?? []) as Json[];
}

function hoursOf(duration: unknown): number | undefined {
  const hours = /^(\d+)h$/.exec(String(duration))?.[1];
  return hours === undefined ? undefined : Number(hours);
}
