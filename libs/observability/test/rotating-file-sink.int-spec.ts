import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RotatingFileSink } from '../src/logs/rotating-file-sink.js';
import { DEFAULT_ROTATION, type RotationPolicy } from '../src/logs/rotation.js';

const HEADER = 'header';

describe('RotatingFileSink', () => {
  let dir: string;
  let open: RotatingFileSink[];
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'rotation-'));
    open = [];
  });
  afterEach(() => {
    for (const sink of open) sink.close();
    vi.useRealTimers();
    rmSync(dir, { recursive: true, force: true });
  });

  function create(policy: Partial<RotationPolicy> = {}, name = 'shop.a'): RotatingFileSink {
    const sink = new RotatingFileSink({
      ...DEFAULT_ROTATION,
      ...policy,
      dir: join(dir, 'logs'),
      name,
      header: () => HEADER,
    });
    open.push(sink);
    return sink;
  }
  const files = () =>
    readdirSync(join(dir, 'logs'))
      .filter((name) => !name.endsWith('.lock'))
      .sort();
  const text = (name: string) => readFileSync(join(dir, 'logs', name), 'utf8');
  const line = (number: number) => Buffer.from(`${String(number).padStart(9, '0')}\n`);

  it('should put a full file aside between two lines, and keep every line', async () => {
    const sut = create({ maxFileBytes: 100 });
    for (let number = 0; number < 50; number++)
      await (number % 2 ? sut.write(line(number)) : Promise.resolve(sut.writeSync(line(number))));
    const names = files();
    expect(names.length).toBeGreaterThan(4);
    for (const name of names) expect(text(name).length).toBeLessThanOrEqual(100);
    for (const name of names) expect(text(name).startsWith(`${HEADER}\n`)).toBe(true);
    for (const name of names) expect(name).toMatch(/^shop\.a\.ndjson(\.\d{8}T\d{6}\.\d{3}Z(-\d{3})?)?$/);
    const oldestFirst = [...names.slice(1), names[0]!];
    const lines = oldestFirst.flatMap((name) => text(name).split('\n').slice(1, -1));
    expect(lines).toEqual(Array.from({ length: 50 }, (_x, number) => line(number).toString().trim()));
  });

  it('should put an old file aside', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const sut = create({ maxFileAgeMs: 60_000 });
    sut.writeSync(line(1));
    vi.setSystemTime(Date.now() + 61_000);
    sut.writeSync(line(2));
    expect(files()).toHaveLength(2);
    expect(text('shop.a.ndjson')).toBe(`${HEADER}\n${line(2)}`);
  });

  it('should keep no more files and bytes than it may', () => {
    const few = create({ maxFileBytes: 30, maxFiles: 3 });
    for (let number = 0; number < 40; number++) few.writeSync(line(number));
    expect(files()).toHaveLength(4);
    const small = create({ maxFileBytes: 30, maxTotalBytes: 60 }, 'shop.b');
    for (let number = 0; number < 40; number++) small.writeSync(line(number));
    expect(files().filter((name) => name.startsWith('shop.b'))).toHaveLength(3);
    expect(files().filter((name) => name.startsWith('shop.a'))).toHaveLength(4);
  });

  it('should end a torn line of an earlier life', () => {
    const first = create();
    first.writeSync(line(1));
    first.close();
    writeFileSync(join(dir, 'logs/shop.a.ndjson'), '{"torn":', { flag: 'a' });
    create().writeSync(line(2));
    expect(text('shop.a.ndjson')).toBe(`${HEADER}\n${line(1)}{"torn":\n${line(2)}`);
  });

  it('should write the same chunk once, even when the end of the process overtakes a write', async () => {
    const sut = create();
    sut.writeSync(line(0));
    const chunk = Buffer.concat(Array.from({ length: 50_000 }, (_x, number) => line(number + 1)));
    const underWay = sut.write(chunk);
    sut.writeSync(chunk);
    sut.writeSync(line(50_001));
    await underWay;
    await sut.write(line(50_002));
    const numbers = text('shop.a.ndjson').split('\n').slice(1, -1).map(Number);
    expect(numbers).toEqual(Array.from({ length: 50_003 }, (_x, number) => number));
  });

  it('should begin a new file when somebody deleted it, and begin again in one that somebody emptied', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const sut = create();
    sut.writeSync(line(1));
    rmSync(join(dir, 'logs/shop.a.ndjson'));
    vi.setSystemTime(Date.now() + 1_100);
    sut.writeSync(line(2));
    expect(text('shop.a.ndjson')).toBe(`${HEADER}\n${line(2)}`);
    truncateSync(join(dir, 'logs/shop.a.ndjson'));
    vi.setSystemTime(Date.now() + 1_100);
    sut.writeSync(line(3));
    expect(text('shop.a.ndjson')).toBe(`${HEADER}\n${line(3)}`);
  });

  it('should take another name while a living process has the file, and take it over from a dead one', () => {
    const first = create();
    const second = create();
    first.writeSync(line(1));
    second.writeSync(line(2));
    expect([first.path, second.path]).toEqual([join(dir, 'logs/shop.a.ndjson'), join(dir, 'logs/shop.a-2.ndjson')]);
    first.close();
    writeFileSync(join(dir, 'logs/shop.a.ndjson.lock'), '1');
    const third = create();
    third.writeSync(line(3));
    expect(third.path).toBe(join(dir, 'logs/shop.a-3.ndjson'));
    writeFileSync(join(dir, 'logs/shop.a.ndjson.lock'), '4194999');
    const fourth = create();
    fourth.writeSync(line(4));
    expect(fourth.path).toBe(join(dir, 'logs/shop.a.ndjson'));
  });
});
