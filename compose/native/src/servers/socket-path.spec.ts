import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { socketPath } from './socket-path.js';

describe('socketPath', () => {
  it('should stay in the folder when the path fits', () => {
    expect(socketPath('/srv/x', 'm.sock')).toBe('/srv/x/m.sock');
  });

  it('should be short and always the same for a folder that lies deep', () => {
    const deep = `/srv/${'d'.repeat(120)}`;
    const sut = socketPath(deep, 'm.sock');
    expect(sut.length).toBeLessThan(108);
    expect(sut.startsWith(tmpdir())).toBe(true);
    expect(socketPath(deep, 'm.sock')).toBe(sut);
    expect(socketPath(`${deep}e`, 'm.sock')).not.toBe(sut);
  });
});
