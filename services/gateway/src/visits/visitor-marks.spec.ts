import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { RANK_RADIX, SKETCH_PRECISION } from '#libs/contracts';
import { Keyring } from './visitor-marks.js';

const secretOf = (letter: string) => Buffer.alloc(32, letter).toString('base64url');
const sut = new Keyring({
  days: [
    { day: '2026-03-01', secret: secretOf('a') },
    { day: '2026-03-02', secret: secretOf('b') },
  ],
  periods: [
    { period: 1, first_day: '2026-01-01', last_day: '2026-03-01', secret: secretOf('c') },
    { period: 2, first_day: '2026-02-01', last_day: '2026-04-01', secret: secretOf('d') },
  ],
});
const ann = { site: 'a.example', address: '192.0.2.7', agent: 'Firefox' };

describe(Keyring.name, () => {
  it('should know a visitor again on the same day only', () => {
    const visitor = sut.marksOf(ann, '2026-03-01')!.visitor;
    expect(sut.marksOf({ ...ann }, '2026-03-01')!.visitor).toBe(visitor);
    expect(sut.marksOf(ann, '2026-03-02')!.visitor).not.toBe(visitor);
  });

  it.each([{ site: 'b.example' }, { address: '192.0.2.8' }, { agent: 'Chrome' }])(
    'should take %o for somebody else',
    (other) => {
      expect(sut.marksOf({ ...ann, ...other }, '2026-03-01')!.visitor).not.toBe(
        sut.marksOf(ann, '2026-03-01')!.visitor,
      );
    },
  );

  it('should take all addresses of one IPv6 network for one', () => {
    const visitorAt = (address: string) => sut.marksOf({ ...ann, address }, '2026-03-01')!.visitor;
    expect(visitorAt('2001:db8:1:2::1')).toBe(visitorAt('2001:db8:1:2:ffff::9'));
    expect(visitorAt('2001:db8:1:3::1')).not.toBe(visitorAt('2001:db8:1:2::1'));
    expect(visitorAt('::ffff:192.0.2.7')).toBe(visitorAt('192.0.2.7'));
  });

  it('should mark the sketches of the periods the day lies in', () => {
    expect(sut.marksOf(ann, '2026-03-01')!.registers.map(({ period }) => period)).toEqual([1, 2]);
    expect(sut.marksOf(ann, '2026-03-02')!.registers.map(({ period }) => period)).toEqual([2]);
  });

  it('should have no marks without a key', () => {
    expect(sut.marksOf(ann, '2026-03-03')).toBeUndefined();
  });

  it('should forget what is older than a day it is told', () => {
    const younger = sut.without('2026-03-02');
    expect([younger.has('2026-03-01'), younger.has('2026-03-02')]).toEqual([false, true]);
    expect(younger.marksOf(ann, '2026-03-02')).toEqual(sut.marksOf(ann, '2026-03-02'));
  });

  it('should take index and rank from the bits of the hash', () => {
    for (let n = 0; n < 3_000; n++) {
      const hash = createHmac('sha256', Buffer.alloc(32, 'd')).update(`a.example\n192.0.2.7\n${n}`).digest('hex');
      const bits = BigInt(`0x${hash.slice(0, 16)}`)
        .toString(2)
        .padStart(64, '0');
      const rank = bits.slice(SKETCH_PRECISION).indexOf('1') + 1;
      const expected = parseInt(bits.slice(0, SKETCH_PRECISION), 2) * RANK_RADIX + rank;
      const [register] = sut.marksOf({ ...ann, agent: String(n) }, '2026-03-02')!.registers;
      expect(register).toEqual({ period: 2, value: expected });
    }
  });
});
