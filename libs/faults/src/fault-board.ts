import { FAULT_FLAGS, FAULT_NAMES, isFaultFlag, type FaultFlag } from './fault-flags.data.js';
import { FaultRefusedError } from './faults.errors.js';

interface Switched {
  readonly target: string | null;
  readonly since: Date;
}

/** One flag as operators see it. */
export interface FaultState {
  readonly flag: FaultFlag;
  readonly on: boolean;
  /** The only place it applies to; null = everywhere. */
  readonly target: string | null;
  readonly since: string | null;
  readonly does: string;
  /** What a target means for this flag; null when it takes none. */
  readonly target_is: string | null;
}

/** Which faults are on in this process. */
export class FaultBoard {
  private readonly switched = new Map<FaultFlag, Switched>();

  /** @param onChange called after each change, with what the flag is now */
  constructor(private readonly onChange: (flag: FaultFlag, on: boolean) => void = () => undefined) {}

  /** @throws FaultRefusedError for a target of a flag that has none */
  switchOn(flag: FaultFlag, target: string | null = null): void {
    if (target !== null && FAULT_FLAGS[flag].target === null) throw new FaultRefusedError(`${flag} takes no target`);
    this.switched.set(flag, { target, since: new Date() });
    this.onChange(flag, true);
  }

  switchOff(flag: FaultFlag): void {
    if (this.switched.delete(flag)) this.onChange(flag, false);
  }

  /** @param place what a target is compared with */
  isOn(flag: FaultFlag, place?: string): boolean {
    const entry = this.switched.get(flag);
    return entry !== undefined && (entry.target === null || entry.target === place);
  }

  list(): FaultState[] {
    return FAULT_NAMES.map((flag) => {
      const entry = this.switched.get(flag);
      const { does, target } = FAULT_FLAGS[flag];
      return {
        flag,
        on: entry !== undefined,
        target: entry?.target ?? null,
        since: entry?.since.toISOString() ?? null,
        does,
        target_is: target,
      };
    });
  }
}

/** Reads `slow-route=/api/v1/posts,log-flood`. @throws FaultRefusedError for what is no flag */
export function parseFaults(text: string): { flag: FaultFlag; target: string | null }[] {
  return text.split(',').flatMap((part) => {
    const [name = '', target] = part.trim().split(/=(.*)/s, 2);
    if (name === '') return [];
    if (!isFaultFlag(name)) throw new FaultRefusedError(`"${name}" is none of ${FAULT_NAMES.join(', ')}`);
    return [{ flag: name, target: target || null }];
  });
}
