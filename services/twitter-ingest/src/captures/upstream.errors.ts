import type { WaitReason } from '#libs/contracts';

/**
 * What is to be done about it. `retry`: again with growing pauses; `wait`: not before `until`; `halt-source`: nobody may
 * ask this source with this credential until `until`, or until somebody acts when that is null (probed hourly); `fail`:
 * this part will never succeed; `stop-part`: this part waits until its owner acts (budget).
 */
export type Reaction = 'retry' | 'wait' | 'halt-source' | 'stop-part' | 'fail';

/** A source answered with an error, or not at all. The message is shown to the owner of the capture: no secret in it. */
export class UpstreamError extends Error {
  constructor(
    readonly reason: WaitReason,
    readonly reaction: Reaction,
    message: string,
    readonly details: { until?: Date; status?: number; requests?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.name = 'UpstreamError';
  }
}
