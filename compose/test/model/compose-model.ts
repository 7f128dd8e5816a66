import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';
import { interpolate, type Environment } from './interpolate.js';

/** Of a service only what the rules look at. */
export interface ComposeService {
  image?: string;
  build?: unknown;
  command?: string[];
  hostname?: string;
  user?: string;
  environment?: Record<string, string>;
  restart?: string;
  init?: boolean;
  read_only?: boolean;
  tmpfs?: string[];
  cap_drop?: string[];
  cap_add?: string[];
  privileged?: boolean;
  security_opt?: string[];
  pids_limit?: number;
  mem_limit?: string;
  logging?: { driver?: string; options?: Record<string, string> };
  healthcheck?: { test?: string[]; disable?: boolean; start_interval?: string };
  depends_on?: Record<string, { condition?: string }>;
  networks?: string[];
  network_mode?: string;
  pid?: string;
  ports?: string[];
  volumes?: string[];
  profiles?: string[];
  /** It ends by itself, and others wait for that. */
  'x-job'?: boolean;
  /** Memory of the processes it starts, which is not its own heap. */
  'x-children-memory'?: string;
  /** Rules it cannot keep, each with the reason. */
  'x-exempt'?: Record<string, string>;
}

export interface ComposeFile {
  name?: string;
  services: Record<string, ComposeService>;
  networks: Record<string, { internal?: boolean } | null>;
  volumes: Record<string, unknown>;
}

export interface ComposeModel extends ComposeFile {
  /** Folder that relative paths start at. */
  readonly dir: string;
}

/** The files as compose sees them together: interpolated, anchors and merge keys resolved, later files over earlier ones. */
export function loadCompose(paths: readonly string[], env: Environment): ComposeModel {
  const files = paths.map((path) => readComposeText(readFileSync(path, 'utf8'), env, basename(path)));
  return { ...mergeFiles(files), dir: dirname(paths[0]!) };
}

/** @throws {MissingVariableError} */
export function readComposeText(text: string, env: Environment, name = 'compose.yaml'): ComposeFile {
  const read = mapStrings(parse(text, { merge: true }), (value) => interpolate(value, env)) as Partial<ComposeFile>;
  if (!read || typeof read !== 'object') throw new Error(`${name} holds no mapping`);
  return { ...read, services: read.services ?? {}, networks: read.networks ?? {}, volumes: read.volumes ?? {} };
}

/** Where a path of the host that a service mounts really is. */
export function hostPath(model: ComposeModel, source: string): string {
  return join(model.dir, source);
}

function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)]));
}

function mergeFiles(files: readonly ComposeFile[]): ComposeFile {
  const merged: ComposeFile = { services: {}, networks: {}, volumes: {} };
  for (const file of files) {
    Object.assign(merged.networks, file.networks);
    Object.assign(merged.volumes, file.volumes);
    for (const [name, service] of Object.entries(file.services)) {
      merged.services[name] = mergeService(merged.services[name] ?? {}, service);
    }
  }
  return merged;
}

/** As the specification has it: mappings are merged, lists are joined, everything else is replaced; `command` is replaced, too. */
function mergeService(base: ComposeService, over: ComposeService): ComposeService {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = result[key];
    if (key !== 'command' && Array.isArray(before) && Array.isArray(value)) result[key] = [...before, ...value];
    else if (isMapping(before) && isMapping(value)) result[key] = { ...before, ...value };
    else result[key] = value;
  }
  return result;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
