import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { uploadBytes } from './upload-bytes.js';

async function read(source: Readable, idleMs = 1_000): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of uploadBytes(source, idleMs)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('uploadBytes', () => {
  it('should pass the bytes on unchanged', async () => {
    expect(await read(Readable.from([Buffer.from('one '), Buffer.from('two')]))).toBe('one two');
  });

  it('should refuse an upload without a byte', async () => {
    await expect(read(Readable.from([]))).rejects.toMatchObject({ code: 'UPLOAD.EMPTY' });
  });

  it('should give up when nothing arrives for the idle time, leaving the source open for an answer', async () => {
    const source = new PassThrough();
    source.write('x');
    await expect(read(source, 30)).rejects.toMatchObject({ code: 'UPLOAD.STALLED' });
    expect(source.destroyed).toBe(false);
  });

  it('should tell a lost connection from the end of the body', async () => {
    const source = new PassThrough();
    source.write('x');
    setImmediate(() => source.destroy(new Error('ECONNRESET')));
    await expect(read(source)).rejects.toMatchObject({ code: 'UPLOAD.ABORTED' });
  });
});
