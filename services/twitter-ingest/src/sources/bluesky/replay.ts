import type { Egress } from '#libs/egress';
import { sleep } from '#libs/kernel';
import type { UpstreamError } from '../../captures/upstream.errors.js';
import type { Intake } from './intake.js';
import { type CursorTooOldError, JetstreamConnection } from './jetstream-connection.js';

/** One step ends after so many things kept, events read, or milliseconds. */
const MAX_KEPT = 1_000;
const MAX_EVENTS = 500_000;
const MAX_MS = 8_000;

/** A connection that opens and sends nothing for this long is asked whether it still lives. */
const QUIET_MS = 1_500;
const LOOK_MS = 50;

export interface ReplayAsk {
  endpoint: string;
  fromUs: number;
  /** Milliseconds; never in the future, or the step would wait for it. */
  until: number;
}

/**
 * Reads the past over a connection of its own, as fast as the endpoint sends it.
 *
 * @returns whether everything up to `until` was read
 * @throws UpstreamError, CursorTooOldError
 */
export async function replay(
  intake: Intake,
  { endpoint, fromUs, until }: ReplayAsk,
  egress: Egress,
  stop: AbortSignal,
): Promise<boolean> {
  const startedAt = Date.now();
  let lastEvent = Date.now();
  const end: { reason?: UpstreamError | CursorTooOldError } = {};
  const reached = () => intake.timeUs !== undefined && intake.timeUs >= until * 1_000;
  const full = () => intake.size >= MAX_KEPT || intake.events >= MAX_EVENTS || Date.now() - startedAt > MAX_MS;
  const over = new AbortController();
  const connection = new JetstreamConnection(endpoint, fromUs, egress, (bytes) => {
    if (over.signal.aborted) return;
    lastEvent = Date.now();
    intake.add(bytes);
    if (reached() || intake.size >= MAX_KEPT) over.abort();
  });
  void connection.closed.then((reason) => {
    end.reason = reason;
  });
  try {
    let pinged = false;
    let answered = false;
    for (;;) {
      if (stop.aborted) throw stop.reason;
      intake.readClock();
      if (reached()) return true;
      if (over.signal.aborted || (full() && intake.events > 0)) return false;
      // Part of the way is progress; the next step goes on from there.
      if (end.reason) {
        if (intake.events > 0 && intake.timeUs !== undefined) return false;
        throw end.reason;
      }
      const quiet = Date.now() - lastEvent > QUIET_MS;
      if (!quiet) [pinged, answered] = [false, false];
      // The sign of life comes behind all events: there are none, up to now.
      else if (answered) return true;
      else if (!pinged) pinged = connection.ping(() => (answered = true));
      await sleep(LOOK_MS, over.signal);
    }
  } finally {
    over.abort();
    connection.close();
  }
}
