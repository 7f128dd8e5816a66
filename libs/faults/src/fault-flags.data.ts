/** What can be broken on purpose, and what a target narrows it to. */
export const FAULT_FLAGS = {
  'slow-route': { does: 'answers of the public port take two seconds longer', target: 'path of a route as declared' },
  'failing-handler': { does: 'calls and events end with an error nobody expected', target: 'name of a call or event' },
  'stuck-consumer': { does: 'messages are taken from the broker and never settled', target: 'name of a queue' },
  'log-flood': { does: 'more log lines are written than the disk takes', target: null },
  'cardinality-storm': { does: 'a label of a metric takes a new value with every observation', target: null },
  'disk-almost-full': { does: 'the disk of the store of files seems to have 1 MiB left', target: null },
  'ingest-stalled': { does: 'no import and no step of a capture begins, streams store nothing', target: null },
} as const;

/** Name of something that can be broken on purpose. */
export type FaultFlag = keyof typeof FAULT_FLAGS;

/** Names of all flags. */
export const FAULT_NAMES = Object.keys(FAULT_FLAGS) as readonly FaultFlag[];

export function isFaultFlag(text: string): text is FaultFlag {
  return Object.hasOwn(FAULT_FLAGS, text);
}
