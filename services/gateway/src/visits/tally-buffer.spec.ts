import { describe, expect, it } from 'vitest';
import { MAX_TALLY_VISITORS } from '#libs/contracts';
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
    expect(sut.take()[0]).toMatchObject({ hits: 2, bots: 1 });
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
    }
    expect(new Set(tallies.flatMap(({ visitors }) => visitors)).size).toBe(total);
    expect(tallies.reduce((sum, { hits }) => sum + hits, 0)).toBe(total);
    expect(tallies.reduce((sum, { bots }) => sum + bots, 0)).toBe(10);
    expect(sut.visitors).toBe(0);
  });
});
