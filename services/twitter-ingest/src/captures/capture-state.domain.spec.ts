import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CaptureState } from '#libs/contracts';
import { captureStateOf, hasEnded } from './capture-state.domain.js';

const state = fc.constantFrom<CaptureState>('running', 'waiting', 'stopped', 'failed', 'done');

describe(captureStateOf.name, () => {
  it.each([
    [['running', 'failed', 'stopped'], 'running'],
    [['stopped', 'waiting', 'done'], 'waiting'],
    [['done', 'stopped'], 'stopped'],
    [['failed', 'done'], 'done'],
    [['failed', 'failed'], 'failed'],
  ] as const)('should make of %j: %s', (parts, whole) => {
    expect(captureStateOf(parts, false)).toBe(whole);
  });

  it('should not depend on the order of the parts', () => {
    fc.assert(
      fc.property(fc.array(state), fc.boolean(), (parts, paused) => {
        expect(captureStateOf([...parts].reverse(), paused)).toBe(captureStateOf(parts, paused));
      }),
    );
  });

  it('should have ended exactly when every part has, paused or not', () => {
    fc.assert(
      fc.property(fc.array(state, { minLength: 1 }), fc.boolean(), (parts, paused) => {
        expect(hasEnded(captureStateOf(parts, paused))).toBe(parts.every(hasEnded));
      }),
    );
  });

  it('should be paused whenever its owner has paused what is still open', () => {
    fc.assert(
      fc.property(fc.array(state, { minLength: 1 }), (parts) => {
        expect(captureStateOf(parts, true) === 'paused').toBe(!parts.every(hasEnded));
      }),
    );
  });
});
