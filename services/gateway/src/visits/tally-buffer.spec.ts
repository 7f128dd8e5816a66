import { describe, expect, it } from 'vitest';
import { MAX_TALLY_REFERRERS, MAX_TALLY_VISITORS } from '#libs/contracts';
import { TallyBuffer } from './tally-buffer.js';

const marks = (name: string, value: number = 1) => ({
  visitor: name.padEnd(22, '_'),
  registers: [{ period: 7, value }],
});

describe(TallyBuffer.name, () => {
  it('should sum by site and day, and know a visitor again', () => {
    const sut = new TallyBuffer(10);
    sut.add('a.example', '2026-03-01', 'human', marks('ann', 65));
    sut.add('a.example', '2026-03-01', 'human', marks('ann', 65));
    sut.add('a.example', '2026-03-01', 'dnt');
    sut.add('a.example', '2026-03-01', 'bot');
    sut.add('a.example', '2026-03-02', 'human', marks('bob'));
    expect(sut.take()).toEqual([
      {
        site: 'a.example',
        day: '2026-03-01',
        hits: 3,
        dnt: 1,
        bots: 1,
        visitors: [marks('ann').visitor],
        registers: [{ period: 7, values: [65] }],
        referrers: [],
      },
      expect.objectContaining({ day: '2026-03-02', hits: 1, visitors: [marks('bob').visitor] }),
    ]);
    expect(sut.isEmpty).toBe(true);
  });

  it('should hand out lists whose order tells nothing', () => {
    const sut = new TallyBuffer(10);
    sut.add('a', '2026-03-01', 'human', marks('zoe', 100));
    sut.add('a', '2026-03-01', 'human', marks('ann', 900));
    sut.add('a', '2026-03-01', 'human', marks('kim', 500));
    const [tally] = sut.take();
    expect(tally!.visitors).toEqual([...tally!.visitors].sort());
    expect(tally!.registers[0]!.values).toEqual([100, 500, 900]);
  });

  it('should refuse new visitors when full and still count known ones', () => {
    const sut = new TallyBuffer(1);
    expect(sut.add('a', '2026-03-01', 'human', marks('ann'))).toBe(true);
    expect(sut.add('a', '2026-03-01', 'human', marks('bob'))).toBe(false);
    expect(sut.add('a', '2026-03-01', 'human', marks('ann'))).toBe(true);
    expect(sut.add('a', '2026-03-01', 'bot')).toBe(true);
    expect(sut.add('b', '2026-03-01', 'human', marks('bob'))).toBe(false);
    expect(sut.take()).toEqual([expect.objectContaining({ site: 'a', hits: 2, bots: 1 })]);
  });

  it('should keep the room of what is on its way until it is released', () => {
    const sut = new TallyBuffer(2);
    for (const name of ['ann', 'bob']) sut.add('a', '2026-03-01', 'human', marks(name));
    const sent = sut.take();
    expect(sut.add('a', '2026-03-01', 'human', marks('cyd'))).toBe(false);
    sut.release(sent);
    expect(sut.visitors).toBe(0);
    expect(sut.add('a', '2026-03-01', 'human', marks('cyd'))).toBe(true);
  });

  it('should count referrers by host, a bounded number of them', () => {
    const sut = new TallyBuffer(10);
    for (let n = 0; n < 200; n++) sut.add('a', '2026-03-01', 'human', marks('ann'), `h${n % 100}.example`);
    const [tally] = sut.take();
    expect(tally!.referrers).toHaveLength(MAX_TALLY_REFERRERS);
    expect(tally!.referrers[0]).toEqual({ host: 'h0.example', hits: 2 });
    expect(tally!.referrers.at(-1)).toEqual({ host: '(other)', hits: 200 - 2 * (MAX_TALLY_REFERRERS - 1) });
    expect(sut.isEmpty).toBe(true);
  });

  it('should keep a message below its limit, whatever hosts there are, and lose none of their hits', () => {
    const sut = new TallyBuffer(100_000);
    const long = (n: number) => `${String(n).padStart(4, '0')}${'x'.repeat(88)}.example`;
    for (let site = 0; site < 200; site++) {
      for (let n = 0; n < 40; n++) sut.add(long(site), '2026-03-01', 'human', marks(`${site} ${n}`, 2 ** 21), long(n));
    }
    let hits = 0;
    while (!sut.isEmpty) {
      const tallies = sut.take();
      expect(Buffer.byteLength(JSON.stringify(tallies))).toBeLessThan(255 * 1_024);
      for (const { referrers } of tallies) hits += referrers.reduce((sum, referrer) => sum + referrer.hits, 0);
    }
    expect(hits).toBe(200 * 40);
  });

  it('should split what one message cannot hold, without losing or doubling anything', () => {
    const sut = new TallyBuffer(100_000);
    const total = 3 * MAX_TALLY_VISITORS + 5;
    for (let n = 0; n < total; n++) sut.add('a', '2026-03-01', 'human', marks(String(n), n));
    for (let n = 0; n < 10; n++) sut.add('b', '2026-03-01', 'bot');
    const tallies = [];
    while (!sut.isEmpty) {
      const message = sut.take();
      expect(message.reduce((sum, { visitors }) => sum + visitors.length, 0)).toBeLessThanOrEqual(4_000);
      tallies.push(...message);
      sut.release(message);
    }
    expect(new Set(tallies.flatMap(({ visitors }) => visitors)).size).toBe(total);
    expect(tallies.reduce((sum, { hits }) => sum + hits, 0)).toBe(total);
    expect(tallies.reduce((sum, { bots }) => sum + bots, 0)).toBe(10);
    expect(sut.visitors).toBe(0);
  });
});
