import { parseArgs } from 'node:util';
import type { ParkedMessage, ParkingFilter } from './parked-message.js';
import type { ParkingLot, ParkingResult } from './parking-lot.js';

export const PARKING_USAGE = `usage: parking list   [filter] [--limit 100] [--json]
       parking replay (filter | --all) [--yes] [--json]
       parking drop   (filter | --all) [--yes] [--json]

filter: --id <message id> (repeatable), --queue <queue>, --code <error code>, --event <event name>
Replaying or dropping more than single ids needs --yes.`;

/** A command line that makes no sense; exit code 2. */
export class UsageError extends Error {}

export interface ParkingCommand {
  action: 'list' | 'replay' | 'drop';
  filter: ParkingFilter;
  limit: number;
  json: boolean;
}

/** @throws UsageError */
export function parseParkingCommand(args: readonly string[]): ParkingCommand {
  const { values, positionals } = parse(args);
  const [action, ...rest] = positionals;
  if (action !== 'list' && action !== 'replay' && action !== 'drop') throw new UsageError('say list, replay or drop');
  if (rest.length > 0) throw new UsageError(`unexpected: ${rest.join(' ')}`);
  const filter: ParkingFilter = {
    ...(values.id && { ids: values.id }),
    ...(values.queue && { queue: values.queue }),
    ...(values.code && { code: values.code }),
    ...(values.event && { event: values.event }),
  };
  const narrowed = Object.keys(filter).length > 0;
  if (narrowed && values.all) throw new UsageError('give either a filter or --all');
  if (action !== 'list') {
    if (!narrowed && !values.all) throw new UsageError(`${action} needs a filter or --all`);
    if (!values.id && !values.yes) throw new UsageError(`${action} of more than single ids needs --yes`);
  }
  const limit = Number(values.limit);
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError('--limit is a whole number from 1');
  return { action, filter, limit, json: values.json };
}

/** Runs the command. @returns what to print, and 1 as exit code when something stayed behind */
export async function runParkingCommand(
  lot: Pick<ParkingLot, 'list' | 'replay' | 'drop'>,
  command: ParkingCommand,
): Promise<{ text: string; exitCode: 0 | 1 }> {
  if (command.action === 'list') {
    const listing = await lot.list(command.filter, command.limit);
    const rest = `${listing.messages.length} of ${listing.total} parked messages`;
    return { text: command.json ? json(listing) : `${table(listing.messages)}${rest}\n`, exitCode: 0 };
  }
  const result = await lot[command.action](command.filter);
  return {
    text: command.json ? json(result) : summary(command.action, result),
    exitCode: result.failed.length > 0 ? 1 : 0,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        id: { type: 'string', multiple: true },
        queue: { type: 'string' },
        code: { type: 'string' },
        event: { type: 'string' },
        all: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        limit: { type: 'string', default: '100' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function summary(action: string, { done, failed, truncated }: ParkingResult): string {
  const verb = action === 'replay' ? 'sent back' : 'dropped';
  const lines = [`${done.length} ${verb}`];
  for (const { message, reason } of failed) lines.push(`stays parked: ${message.id}: ${reason}`);
  if (truncated) lines.push('the queue holds more: run the command again');
  return `${lines.join('\n')}\n`;
}

const COLUMNS: ReadonlyArray<[title: string, cell: (message: ParkedMessage) => string]> = [
  ['ID', ({ id }) => id || '-'],
  ['PARKED AT', ({ parkedAt }) => parkedAt ?? '-'],
  ['QUEUE', ({ queue }) => queue || '-'],
  ['EVENT', ({ event }) => event],
  ['CODE', ({ code }) => code],
  ['ATTEMPT', ({ attempt }) => String(attempt)],
  ['REASON', ({ reason }) => printable(reason).slice(0, 80)],
];

function table(messages: readonly ParkedMessage[]): string {
  if (messages.length === 0) return '';
  const rows = [
    COLUMNS.map(([title]) => title),
    ...messages.map((message) => COLUMNS.map(([, cell]) => cell(message))),
  ];
  const widths = COLUMNS.map((_column, index) => Math.max(...rows.map((row) => row[index]!.length)));
  const line = (row: string[]) =>
    row
      .map((cell, index) => cell.padEnd(widths[index]!))
      .join('  ')
      .trimEnd();
  return `${rows.map(line).join('\n')}\n`;
}

/** Reasons come from messages of strangers; a terminal must not obey them. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}
