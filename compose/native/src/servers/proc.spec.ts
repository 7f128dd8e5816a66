import { describe, expect, it } from 'vitest';
import { listeningInode } from '../../sockets.mjs';
import { isSameProcess, parseStat, processStat } from './proc.js';

describe('parseStat', () => {
  it('should not be misled by the name of the program', () => {
    const rest = '0 0 0 0 0 0 0 0 0 0 20 0 1 0 987654 0';
    expect(parseStat(`42 (a) b (c) S 7 40 40 0 -1 ${rest}`)).toMatchObject({ state: 'S', parent: 7, group: 40 });
  });

  it('should read this process', () => {
    const sut = processStat(process.pid)!;
    expect(sut.parent).toBe(process.ppid);
    expect(isSameProcess(process.pid, sut.startTime)).toBe(true);
    expect(isSameProcess(process.pid, sut.startTime + 1)).toBe(false);
  });
});

describe('listeningInode', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 555 1',
    '   1: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 777 1',
  ].join('\n');

  it('should find the listener of a port', () => {
    expect(listeningInode(table, 8080)).toBe('555');
  });

  it('should not take a connection for a listener', () => {
    expect(listeningInode(table, 50_000)).toBeUndefined();
  });
});
