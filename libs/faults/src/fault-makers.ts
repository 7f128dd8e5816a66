import { createLogger } from '#libs/observability';
import type { FaultFlag } from './fault-flags.data.js';
import { stormObservations } from './faults.metrics.js';

const EVERY_MS = 1_000;

/** 12 MB at once: more than the buffer of the log holds (8 MiB), and the disk has no turn in between. */
const FLOOD_LINES = 1_500;
const FLOOD_LINE_LENGTH = 8_000;

/** More than one metric may have label sets (500). */
const STORM_VALUES = 600;

const logger = createLogger('LogFlood');
const padding = 'x'.repeat(FLOOD_LINE_LENGTH);
let made = 0;

function flood(): void {
  // Numbered, so that it is not suppressed as a repetition.
  for (let line = 0; line < FLOOD_LINES; line++) logger.info(`flood ${made++} ${padding}`);
}

function storm(): void {
  for (let value = 0; value < STORM_VALUES; value++) stormObservations.inc({ value: String(made++) });
}

const MAKERS: Partial<Record<FaultFlag, () => void>> = { 'log-flood': flood, 'cardinality-storm': storm };

/** The faults that happen by themselves rather than to work that passes by. */
export class FaultMakers {
  private readonly running = new Map<FaultFlag, NodeJS.Timeout>();

  changed(flag: FaultFlag, on: boolean): void {
    clearInterval(this.running.get(flag));
    this.running.delete(flag);
    const make = MAKERS[flag];
    if (on && make) this.running.set(flag, setInterval(make, EVERY_MS).unref());
  }
}
