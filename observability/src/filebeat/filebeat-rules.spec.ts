import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { repoRoot } from '../../../compose/native/src/repo.js';
import { FILEBEAT_RULES, filebeatProblems } from './filebeat-rules.js';

type Json = Record<string, unknown>;

const ours = () => parse(readFileSync(join(repoRoot, 'observability/filebeat/filebeat.yml'), 'utf8')) as Json;
const input = (config: Json) => (config['filebeat.inputs'] as Json[])[0]!;
const scanner = (config: Json) => input(config)['prospector.scanner'] as Json;
const ndjson = (config: Json) => (input(config)['parsers'] as Array<{ ndjson: Json }>)[0]!.ndjson;
const output = (config: Json) => config['output.elasticsearch'] as Json;

const PLANTED: ReadonlyArray<[rule: string, what: string, plant: (config: Json) => void]> = [
  ['input-type', 'the deprecated log input', (config) => (input(config)['type'] = 'log')],
  ['input-type', 'the deprecated container input', (config) => (input(config)['type'] = 'container')],
  ['input-id', 'no id', (config) => delete input(config)['id']],
  ['input-id', 'an id that changes', (config) => (input(config)['id'] = ['$', '{HOSTNAME}'].join(''))],
  ['input-id', 'an id twice', (config) => (config['filebeat.inputs'] as Json[]).push(input(config))],
  ['fingerprint', 'identity by inode', (config) => delete input(config)['file_identity.fingerprint']],
  ['fingerprint', 'a fingerprint of default length', (config) => delete scanner(config)['fingerprint']],
  ['fingerprint', 'one longer than first lines', (config) => (scanner(config)['fingerprint'] = { length: 2_048 })],
  ['fingerprint', 'one that Filebeat refuses', (config) => (scanner(config)['fingerprint'] = { length: 32 })],
  ['parser', 'no parser', (config) => (input(config)['parsers'] = [])],
  ['parser', 'fields under a prefix', (config) => (ndjson(config)['target'] = 'json')],
  ['parser', 'dotted names kept', (config) => delete ndjson(config)['expand_keys']],
  ['parser', 'random document ids', (config) => delete ndjson(config)['document_id']],
  ['parser', 'torn lines without a mark', (config) => (ndjson(config)['add_error_key'] = false)],
  ['files', 'symbolic links', (config) => (scanner(config)['symlinks'] = true)],
  ['files', 'compressed and lock files', (config) => (scanner(config)['exclude_files'] = [])],
  ['registry', 'removed files closed', (config) => delete input(config)['close.on_state_change.removed']],
  ['registry', 'removed files forgotten', (config) => delete input(config)['clean_removed']],
  ['registry', 'nothing ever forgotten', (config) => delete input(config)['clean_inactive']],
  ['registry', 'files forgotten that are still read', (config) => (input(config)['clean_inactive'] = '24h')],
  ['output', 'another data stream', (config) => (output(config)['index'] = 'filebeat-%{+yyyy}')],
  ['output', "Filebeat's own template", (config) => delete config['setup.template.enabled']],
  ['output', 'two outputs', (config) => (config['output.console'] = { pretty: true })],
  ['secrets', 'a password in the file', (config) => (output(config)['password'] = 'hunter2')],
  ['statistics', 'no figures', (config) => (config['http.enabled'] = false)],
];

describe('filebeatProblems', () => {
  it('should find nothing wrong with our configuration', () => {
    expect(filebeatProblems(ours())).toEqual([]);
  });

  it.each(PLANTED)('should report %s: %s', (rule, _what, plant) => {
    const config = structuredClone(ours());
    plant(config);
    const problems = filebeatProblems(config);
    expect(problems).not.toEqual([]);
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(problems.map(() => rule));
  });

  it('should have a planted problem for every rule', () => {
    const planted = new Set(PLANTED.map(([rule]) => rule));
    expect(FILEBEAT_RULES.map(({ name }) => name).filter((name) => !planted.has(name))).toEqual([]);
  });

  it('should take nested and dotted names for the same', () => {
    const config = ours();
    const dotted = { ...config, 'output.elasticsearch.index': output(config)['index'] };
    expect(filebeatProblems(dotted)).toEqual([]);
  });
});
