import { Inject, Injectable } from '@nestjs/common';
import type { CaptureSource } from '#libs/contracts';
import type { CaptureAsk, SourceDriver, StreamDriver } from './source-driver.js';

/** Injects all {@link SourceDriver}s; those of sources that are not configured are null. */
export const SOURCE_DRIVERS = Symbol('source drivers');

/** Injects all {@link StreamDriver}s; those of sources that are not configured are null. */
export const STREAM_DRIVERS = Symbol('stream drivers');

/** The sources this process can ask. */
@Injectable()
export class CaptureDrivers {
  readonly sources: readonly SourceDriver[];
  readonly streams: readonly StreamDriver[];

  constructor(
    @Inject(SOURCE_DRIVERS) sources: readonly (SourceDriver | null)[],
    @Inject(STREAM_DRIVERS) streams: readonly (StreamDriver | null)[],
  ) {
    this.sources = sources.filter((driver) => driver !== null);
    this.streams = streams.filter((driver) => driver !== null);
  }

  of(source: CaptureSource): SourceDriver | undefined {
    return this.sources.find((driver) => driver.source === source);
  }

  /** A part is only taken on by what began it: simulated and real posts must not mix, and only one of them costs money. */
  serving(part: { source: string; storedAs: string }): SourceDriver | undefined {
    return this.sources.find((driver) => driver.source === part.source && driver.storedAs === part.storedAs);
  }

  /** The stream over which such a part is followed, if there is one. */
  streamOf(ask: CaptureAsk, part: { source: string; storedAs: string }): StreamDriver | undefined {
    if (ask.mode !== 'follow') return undefined;
    return this.streams.find(
      (stream) => stream.source === part.source && stream.storedAs === part.storedAs && stream.follows(ask),
    );
  }
}
