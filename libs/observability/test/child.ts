import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LogLine, parseLine } from './log-line.js';

export interface ChildResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Child {
  process: ChildProcess;
  result: Promise<ChildResult>;
  /** Resolves when the child has printed `text` to stderr. */
  said(text: string): Promise<void>;
}

export interface ChildLimits {
  /** Largest file the child may write; a write beyond it is cut short and then fails, as on a full disk. */
  maxFileKilobytes?: number;
  /** The limit may be lifted while the child runs (`prlimit`). */
  soft?: boolean;
}

let programs = 0;

/** Runs `program` (the body of an ES module) in a Node process of its own. */
export function runChild(dir: string, program: string, args: string[] = [], limits: ChildLimits = {}): Child {
  const file = join(dir, `program-${++programs}.js`);
  writeFileSync(file, program);
  return runScript(file, args, limits);
}

/** Runs a script in a Node process of its own. */
export function runScript(file: string, args: string[] = [], limits: ChildLimits = {}): Child {
  const limit = limits.maxFileKilobytes === undefined ? 'unlimited' : String(limits.maxFileKilobytes);
  const ulimit = `ulimit ${limits.soft ? '-S ' : ''}-f "$0" && exec "$@"`;
  const command = ['-c', ulimit, limit, process.execPath, file, ...args];
  const child = spawn('bash', command, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const listener of listeners) listener();
  });
  const result = new Promise<ChildResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!stderr.includes(text)) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      void result.then(() => reject(new Error(`the child ended without saying ${text}: ${stderr}`)));
      look();
    });
  return { process: child, result, said };
}

/** Every line of the log files in `dir`, oldest file first, parsed. Throws when one is not JSON. */
export function readLogDir(dir: string): LogLine[] {
  if (!existsSync(dir)) return [];
  const files = readdirSync(dir).filter((name) => name.includes('.ndjson') && !name.endsWith('.lock'));
  const rank = (name: string) => (name.endsWith('.ndjson') ? '~' : name);
  files.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  return files.flatMap((name) => parseLines(readFileSync(join(dir, name), 'utf8')));
}

export function parseLines(text: string): LogLine[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error(`the last line is torn: ${text.slice(-100)}`);
  return text.split('\n').slice(0, -1).map(parseLine);
}
