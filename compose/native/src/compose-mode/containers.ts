import type { ComposeProject } from './project.js';

/** One line of `docker compose ps`. */
export interface Container {
  readonly service: string;
  readonly name: string;
  readonly state: string;
  readonly health: string;
  readonly exitCode: number;
  readonly status: string;
}

/** Every container of the project, running or not. */
export async function containersOf({ compose }: ComposeProject): Promise<Container[]> {
  const { code, stdout, stderr } = await compose(['ps', '-a', '--format', 'json']);
  if (code !== 0) throw new Error(`docker compose ps: ${stderr.trim()}`);
  return parseContainers(stdout);
}

type Row = Readonly<Record<string, unknown>>;

/** Until version 2.20 an array, later an object a line. */
export function parseContainers(text: string): Container[] {
  const rows = text.trim().startsWith('[') ? [text] : text.split('\n').filter((line) => line.trim() !== '');
  return rows
    .flatMap((row): Row[] => [JSON.parse(row) as Row | Row[]].flat())
    .map((row) => ({
      service: String(row['Service']),
      name: String(row['Name']),
      state: String(row['State']),
      health: String(row['Health'] ?? ''),
      exitCode: Number(row['ExitCode'] ?? 0),
      status: String(row['Status'] ?? ''),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** It does what it is there for: it runs and is healthy, or it was a job and is done. */
export function isWell({ state, health, exitCode }: Container): boolean {
  if (state === 'exited') return exitCode === 0;
  return state === 'running' && (health === 'healthy' || health === '');
}
