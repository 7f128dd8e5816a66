import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { command, type Command } from '../test/support/scheduler-commands.js';
import { SchedulerModel, type ModelClaim } from '../test/support/scheduler-model.js';
import { awakening, isModest, lift, MAX_CREDIT, openingFor, type Lane, type SlotKind } from './scheduler.domain.js'; // prettier-ignore

const POLICY = { maxAttempts: 2, maxLostLeases: 3 };
const OPEN_SLOTS = 3;

/** Applies commands and checks after each what must always hold. */
class Checked {
  readonly model = new SchedulerModel(POLICY, 4);
  /** Every claim ever handed out, so also those whose worker was thought dead and comes back. */
  readonly claims: ModelClaim[] = [];
  private readonly slots = new Map<ModelClaim, SlotKind>();

  get valid(): ModelClaim[] {
    return this.claims.filter((claim) => this.model.isValid(claim));
  }

  get busy() {
    const count = (slot: SlotKind) => this.valid.filter((claim) => this.slots.get(claim) === slot).length;
    return { open: count('open'), kept: count('kept') };
  }

  get running() {
    const count = (name: string) =>
      this.valid.filter(({ slice }) => this.model.lanes.find(({ id }) => id === slice.job.lane)?.jobClass === name)
        .length;
    return { short: count('short'), long: count('long') };
  }

  apply(next: Command): void {
    const { model } = this;
    if (next.type === 'submit') model.submit(next.tenant, next.jobClass, next.slices);
    else if (next.type === 'claim') this.claim();
    else if (next.type === 'promote') model.promote();
    else if (next.type === 'share') model.setShare(next.tenant, next.jobClass, next);
    else if (next.type === 'cancel') {
      const job = model.jobs[Math.floor(next.pick * model.jobs.length)];
      if (job) model.cancel(job);
    } else this.settle(next);
    this.check();
  }

  claim(): boolean {
    const { model } = this;
    const opening = openingFor(OPEN_SLOTS, this.busy);
    if (!opening) return false;
    const { slot } = opening;
    const eligible = model.eligible(opening);
    const lowest = Math.min(...eligible.map(({ vtime }) => vtime));
    const before = new Map(eligible.map((lane) => [lane.id, { ...lane }]));
    const claim = model.claim(opening);
    expect(claim !== undefined).toBe(eligible.length > 0);
    if (!claim) return false;
    const lane = before.get(claim.slice.job.lane)!;
    expect(lane.vtime).toBe(lowest);
    expect(lane.running).toBeLessThan(lane.cap);
    this.hold(claim, slot);
    return true;
  }

  /** The merge of a job goes on in the slot of its last slice. */
  hold(claim: ModelClaim, slot: SlotKind): void {
    this.claims.push(claim);
    this.slots.set(claim, slot);
  }

  complete(claim: ModelClaim, cost: number): boolean {
    const merge = this.model.complete(claim, cost);
    if (merge) this.hold(merge, this.slots.get(claim)!);
    return merge !== false;
  }

  settle(next: { type: string; pick: number; cost?: number }): void {
    const { model } = this;
    const claim = this.claims[Math.floor(next.pick * this.claims.length)];
    if (!claim) return;
    const wasValid = model.isValid(claim);
    const { cost = 0 } = next;
    const before = JSON.stringify([model.lanes, claim.slice.state, claim.slice.job.state]);
    const accepted =
      next.type === 'complete'
        ? this.complete(claim, cost)
        : next.type === 'fail'
          ? model.fail(claim, cost)
          : model.lose(claim);
    expect(accepted).toBe(wasValid);
    expect(model.isValid(claim)).toBe(false);
    if (!wasValid) expect(JSON.stringify([model.lanes, claim.slice.state, claim.slice.job.state])).toBe(before);
  }

  check(): void {
    const { model } = this;
    const holders = new Set(this.valid.map(({ slice }) => slice));
    expect(holders.size).toBe(this.valid.length);
    for (const lane of model.lanes) {
      const count = (state: string) => model.slicesOf(lane).filter((slice) => slice.state === state).length;
      expect({ ready: lane.ready, running: lane.running }).toEqual({
        ready: count('ready'),
        running: count('running'),
      });
      expect(Number.isFinite(lane.vtime)).toBe(true);
      expect(lane.meanCost).toBeGreaterThan(0);
    }
    expect(this.busy.open).toBeLessThanOrEqual(OPEN_SLOTS);
    expect(this.busy.kept).toBeLessThanOrEqual(1);
    expect(this.running.long).toBeLessThanOrEqual(OPEN_SLOTS);
    for (const job of model.jobs) {
      const open = job.slices.some(({ state }) => !['done', 'dropped'].includes(state));
      expect(open).toBe(job.state === 'waiting' || job.state === 'running');
    }
  }
}

describe('the scheduler', () => {
  it('should keep its promises whatever happens, and bring every job to an end', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 120 }), (commands) => {
        const sut = new Checked();
        for (const next of commands) sut.apply(next);
        const slices = sut.model.jobs.flatMap((job) => job.slices).length;
        for (let step = 0; sut.model.jobs.some(({ state }) => state === 'waiting' || state === 'running'); step++) {
          expect(step).toBeLessThan(10 * slices + 10);
          sut.model.promote();
          while (sut.claim());
          for (const claim of sut.valid) sut.complete(claim, 0.1);
        }
        sut.check();
      }),
      { numRuns: 1_000 },
    );
  });

  it('should share the work by weight, however long slices take', () => {
    const MAX_COST = 1;
    const lanes = fc.array(fc.constantFrom(0.5, 1, 2, 4), { minLength: 2, maxLength: 6 });
    const costs = fc.array(fc.double({ min: 0.01, max: MAX_COST, noNaN: true }), { minLength: 50, maxLength: 200 });
    fc.assert(
      fc.property(lanes, costs, fc.integer({ min: 1, max: 4 }), (weights, pattern, slots) => {
        const model = new SchedulerModel(POLICY, slots);
        weights.forEach((weight, tenant) => {
          model.setShare(tenant, 'long', { weight, cap: slots });
          model.submit(tenant, 'long', 2_000);
        });
        const served = weights.map(() => 0);
        const running: { claim: ModelClaim; cost: number; endsAt: number }[] = [];
        let now = 0;
        for (let turn = 0; turn < 600; turn++) {
          const cost = pattern[turn % pattern.length]!;
          while (running.length < slots) {
            // Each lane has its own habit, and changes it: cheap slices must pay as much as dear ones.
            const claim = model.claim({ classes: ['long'], modestOnly: false })!;
            const own =
              pattern[(turn * (claim.slice.job.lane + 1)) % pattern.length]! * (claim.slice.job.lane < 4 ? 0.1 : 1);
            running.push({ claim, cost: Math.max(0.001, own), endsAt: now + own + cost * 1e-6 });
          }
          running.sort((a, b) => a.endsAt - b.endsAt);
          const { claim, cost: spent, endsAt } = running.shift()!;
          now = endsAt;
          served[(claim.slice.job.lane - 1) / 2]! += spent;
          const merge = model.complete(claim, spent);
          if (merge) running.push({ claim: merge, cost: 0.001, endsAt: now + 0.001 });
        }
        for (const [a, weightA] of weights.entries()) {
          for (const [b, weightB] of weights.entries()) {
            const apart = Math.abs(served[a]! / weightA - served[b]! / weightB);
            // What a lane can be ahead: what it is charged for and what runs of it, on every slot.
            expect(apart).toBeLessThanOrEqual((slots + 1) * MAX_COST * (1 / weightA + 1 / weightB));
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('should serve a newcomer after a few slices, however much others have queued and were served', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 10, max: 300 }), (tenants, warmUp) => {
        const model = new SchedulerModel(POLICY, 100);
        for (let tenant = 0; tenant < tenants; tenant++) model.submit(tenant, 'long', 500);
        for (let turn = 0; turn < warmUp; turn++)
          model.complete(model.claim({ classes: ['long'], modestOnly: false })!, 0.1);
        const job = model.submit(50, 'short', 1);
        let served = 0;
        while (job.state === 'waiting') {
          model.complete(model.claim({ classes: ['short', 'long'], modestOnly: false })!, 0.1);
          served++;
        }
        expect(served).toBeLessThanOrEqual(tenants + 2);
      }),
      { numRuns: 200 },
    );
  });

  const lane: Lane = { vtime: 5, weight: 1, meanCost: 0.1, cap: 1, ready: 1, running: 0 };

  it('should save up nothing for a lane that had nothing to do', () => {
    const idle = { ...lane, ready: 0 };
    expect(awakening(idle, lane)).toBe('idle');
    expect(lift(lane, 'idle', { lowestRunnable: 80, highest: 99 }).vtime).toBe(80);
    expect(lift(lane, 'idle', { lowestRunnable: null, highest: 99 }).vtime).toBe(99);
    expect(lift(lane, 'idle', { lowestRunnable: 3, highest: 99 }).vtime).toBe(5);
  });

  it('should leave a lane that comes back from its cap what it is owed, up to a limit', () => {
    const capped = { ...lane, running: 1 };
    expect(awakening(capped, lane)).toBe('capped');
    expect(lift(lane, 'capped', { lowestRunnable: 6, highest: 99 }).vtime).toBe(5);
    expect(lift(lane, 'capped', { lowestRunnable: 80, highest: 99 }).vtime).toBe(80 - MAX_CREDIT);
    expect(lift(lane, 'capped', { lowestRunnable: null, highest: 99 }).vtime).toBe(5);
  });

  it.each([
    [0, 0, 0, null],
    [2, 0, 0, 'open'],
    [2, 1, 0, 'open'],
    [2, 1, 1, 'open'],
    [2, 2, 0, 'kept'],
    [2, 2, 1, null],
  ])('should fill %i open slots first: with %i of them and %i kept in use the next is %j', (open, busy, kept, slot) => {
    expect(openingFor(open, { open: busy, kept })?.slot ?? null).toBe(slot);
  });

  it.each([
    { running: 0, ready: 9, others: 0, modest: true },
    { running: 0, ready: 2, others: 5, modest: true },
    { running: 0, ready: 3, others: 1, modest: false },
    { running: 1, ready: 1, others: 0, modest: false },
  ])('should say $modest of a lane with $running running, $ready ready and $others elsewhere', (sut) => {
    const lane = { vtime: 0, weight: 1, meanCost: 1, cap: 9, ready: sut.ready, running: sut.running };
    expect(isModest(lane, sut.others)).toBe(sut.modest);
  });

  it('should keep the last slot for short work of those who have little to do', () => {
    expect(openingFor(2, { open: 2, kept: 0 })).toEqual({ slot: 'kept', classes: ['short'], modestOnly: true });
  });
});
