import { CodedError } from '#libs/kernel';

/** From chatty to grave. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export const SEVERITY: Readonly<Record<LogLevel, number>> = { debug: 20, info: 30, warn: 40, error: 50 };

const CONTEXT_NAME = /^[A-Za-z0-9_.:-]{1,64}$/;
const MOST_CONTEXTS = 100;

/** A level setting cannot be read (`LOGGING.BAD_LEVELS`). */
export class BadLogLevelsError extends CodedError {
  constructor(part: string) {
    const shown = JSON.stringify(part.slice(0, 80));
    super('LOGGING.BAD_LEVELS', 'invalid', `${shown} is not a level (debug, info, warn, error) or Context=level`);
  }
}

interface LevelTable {
  base: LogLevel;
  byContext: ReadonlyMap<string, LogLevel>;
}

/** Reads `info,AmqpServer=debug`: a level for all, and levels for single log contexts. */
export function parseLogLevels(spec: string): LevelTable {
  let base: LogLevel = 'info';
  const byContext = new Map<string, LogLevel>();
  const parts = spec.split(',').map((part) => part.trim());
  if (parts.length > MOST_CONTEXTS) throw new BadLogLevelsError(spec);
  for (const part of parts.filter((text) => text !== '')) {
    const [left = '', right, ...rest] = part.split('=').map((text) => text.trim());
    if (rest.length > 0) throw new BadLogLevelsError(part);
    if (right === undefined) {
      base = levelOf(left, part);
    } else {
      if (!CONTEXT_NAME.test(left)) throw new BadLogLevelsError(part);
      byContext.set(left, levelOf(right, part));
    }
  }
  return { base, byContext };
}

function levelOf(text: string, part: string): LogLevel {
  if (!Object.hasOwn(SEVERITY, text)) throw new BadLogLevelsError(part);
  return text as LogLevel;
}

// Until logging is set up, only what someone has to see is worth a line on stderr.
let table: LevelTable = { base: 'warn', byContext: new Map() };
let beforeDebug: LevelTable | undefined;
let generation = 0;

/** Changes with every change of levels, so that a logger may keep its threshold until then. */
export function levelGeneration(): number {
  return generation;
}

/** Least severity that a log context writes. */
export function thresholdOf(context: string): number {
  return SEVERITY[table.byContext.get(context) ?? table.base];
}

/**
 * Changes the levels of the running process.
 *
 * @throws {BadLogLevelsError} and changes nothing when the text cannot be read
 */
export function setLogLevels(spec: string): void {
  table = parseLogLevels(spec);
  beforeDebug = undefined;
  generation++;
}

/** The levels in force, in the form {@link setLogLevels} reads. */
export function currentLogLevels(): string {
  return [table.base, ...[...table.byContext].map(([context, level]) => `${context}=${level}`)].join(',');
}

/** Sets everything to debug, or back to what it was before. */
export function toggleDebugLevel(): void {
  const next = beforeDebug ?? { base: 'debug' as const, byContext: new Map<string, LogLevel>() };
  beforeDebug = beforeDebug ? undefined : table;
  table = next;
  generation++;
}
