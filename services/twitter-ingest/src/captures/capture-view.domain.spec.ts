import { describe, expect, it } from 'vitest';
import { seenUpToOf } from './capture-view.domain.js';
import type { StreamRow } from './capture.types.js';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000);

function stream(overrides: Partial<StreamRow> = {}): StreamRow {
  return {
    stream_key: 'k',
    is_led: 1,
    seen_up_to: at(1_000),
    opened_at: at(500),
    wait_state: null,
    wait_reason: null,
    wait_detail: null,
    wait_until: null,
    ...overrides,
  };
}

describe(seenUpToOf.name, () => {
  it('should go by the polls where there is no stream', () => {
    expect(seenUpToOf({ seen_up_to: at(3) }, undefined)).toEqual(at(3));
    expect(seenUpToOf({ seen_up_to: null }, undefined)).toBeNull();
  });

  it('should go by an open stream once a poll has read what was before it', () => {
    expect(seenUpToOf({ seen_up_to: at(470) }, stream())).toEqual(at(1_000));
  });

  it('should not count on a stream while the hole before it is open', () => {
    expect(seenUpToOf({ seen_up_to: at(300) }, stream())).toEqual(at(300));
  });

  it('should go by the polls while the stream waits, has no leader or is not connected', () => {
    for (const down of [{ wait_state: 'waiting' }, { is_led: 0 }, { opened_at: null }]) {
      expect(seenUpToOf({ seen_up_to: at(470) }, stream(down))).toEqual(at(470));
    }
  });

  it('should go by the stream alone for a part that is never polled', () => {
    expect(seenUpToOf({ seen_up_to: null }, stream())).toEqual(at(1_000));
    expect(seenUpToOf({ seen_up_to: null }, stream({ is_led: 0 }))).toEqual(at(1_000));
  });

  it('should never step back behind a poll', () => {
    expect(seenUpToOf({ seen_up_to: at(1_200) }, stream())).toEqual(at(1_200));
  });
});
