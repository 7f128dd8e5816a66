import { Injectable } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { processEgress } from '#libs/egress';
import { backoffMs, sleep } from '#libs/kernel';
import type { CaptureAsk, StreamDriver, StreamLead } from '../../captures/source-driver.js';
import type { UpstreamError } from '../../captures/upstream.errors.js';
import { BlueskyProfiles } from './bluesky-profiles.service.js';
import { blueskyConfigSchema } from './bluesky.config.js';
import { StreamSession } from './stream-session.js';
import { CursorTooOldError } from './jetstream-connection.js';
import { LOOKBACK_MS, readCursor } from './jetstream-resume.domain.js';
import { TakenResolver } from './taken-resolver.service.js';

const BACKOFF_BASE_MS = 1_000;
const BACKOFF_CAP_MS = 60_000;
const LEAST_PAUSE_MS = 200;

/** Begin a little later than the oldest event, which is dropped at any moment. */
const LOOKBACK_MARGIN_MS = 300_000;

/** The posts of the whole network, matched against the followed tags. Cursor and reconnecting: see the README. */
@Injectable()
export class BlueskyStreamDriver implements StreamDriver {
  readonly source = 'bluesky';
  readonly storedAs = 'bluesky';
  private readonly endpoint = loadConfig(blueskyConfigSchema).MIRANTE_JETSTREAM_URL;
  /** Not the endpoint: when the operator names another one, it goes on where the first one was left. */
  readonly key = 'bluesky';

  constructor(
    private readonly profiles: BlueskyProfiles,
    private readonly resolver: TakenResolver,
  ) {}

  follows({ mode }: CaptureAsk): boolean {
    return mode === 'follow';
  }

  async run(lead: StreamLead, stop: AbortSignal): Promise<void> {
    const session = new StreamSession({
      endpoint: this.endpoint,
      egress: processEgress(),
      lead,
      profiles: this.profiles,
      resolver: this.resolver,
      cursor: readCursor(lead.cursor),
    });
    for (let failures = 0; !stop.aborted;) {
      const before = session.progress;
      const error = await session.run(stop);
      if (stop.aborted) return;
      if (error instanceof CursorTooOldError) {
        await session.skipTo(new Date(Date.now() - LOOKBACK_MS + LOOKBACK_MARGIN_MS));
        continue;
      }
      // A connection that brought something was a good one: the next try comes soon.
      failures = session.progress > before ? 0 : failures + 1;
      const until = pauseAfter(error, failures);
      await lead.waiting(error, until);
      await sleep(until.getTime() - Date.now(), stop);
    }
  }
}

function pauseAfter({ details }: UpstreamError, failures: number): Date {
  const jittered = LEAST_PAUSE_MS + backoffMs(Math.min(failures, 10), BACKOFF_BASE_MS, BACKOFF_CAP_MS);
  return new Date(Math.max(Date.now() + jittered, details.until?.getTime() ?? 0));
}
