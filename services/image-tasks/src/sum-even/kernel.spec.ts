import { readFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { buildKernel } from '../../kernel/build.mjs';
import { CHUNK_AT, compileKernel, createKernel } from './kernel.js';

describe('kernel', () => {
  it('should be what its source compiles to', { timeout: 60_000 }, async () => {
    const committed = await readFile(new URL('./kernel.data.ts', import.meta.url), 'utf8');

    expect(await buildKernel()).toBe(committed);
  });

  it('should add up plain numbers without help of the slow path', () => {
    const sut = createKernel(compileKernel());
    const text = Buffer.from('12\n345\n-6\n78,9 10;\r\n'.repeat(100));
    sut.bytes.set(text, CHUNK_AT);

    expect(sut.run(CHUNK_AT, CHUNK_AT + text.length)).toBe(CHUNK_AT + text.length);
    expect(sut.counters()).toMatchObject({ count: 600, evenCount: 400 });
  });

  it.each(['+2 ', '1x ', '2--3 ', '-', `${'1'.repeat(64)} `, '2.5 ', '\u00e9 '])(
    'should leave %j to the slow path',
    (token) => {
      const sut = createKernel(compileKernel());
      sut.bytes.set(Buffer.from(token, 'latin1'), CHUNK_AT);

      expect(sut.run(CHUNK_AT, CHUNK_AT + token.length)).toBe(CHUNK_AT);
      expect(sut.counters().count).toBe(0);
    },
  );

  it('should do without SIMD where there is none', () => {
    const validate = vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);

    expect(compileKernel()).toBeUndefined();
    expect(createKernel(undefined).run(7, 9)).toBe(7);

    validate.mockRestore();
  });
});
