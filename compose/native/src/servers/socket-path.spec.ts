import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { socketPath } from './socket-path.js';

describe('socketPath', () => {
  it('should stay in the folder when the path fits', () => {
    expect(socketPath('/srv/x', 'm.sock')).toBe('/srv/x/m.sock');
  });

  it('should be short and always the same for a folder that lies deep', () => {
    const temporary = mkdtempSync(join(tmpdir(), 'mirante-sockets-'));
    onTestFinished(() => rmSync(temporary, { recursive: true }));
    const deep = `/srv/${'d'.repeat(120)}`;
    const sut = socketPath(deep, 'm.sock', temporary);
    expect(sut.length).toBeLessThan(108);
    expect(sut.startsWith(temporary)).toBe(true);
    expect(socketPath(deep, 'm.sock', temporary)).toBe(sut);
    expect(socketPath(`${deep}e`, 'm.sock', temporary)).not.toBe(sut);
  });
});
