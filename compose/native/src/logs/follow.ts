import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

/** Reads what is appended to a file, over rotation: when another file stands under the name, it is read from its start. */
export class FileFollower {
  private inode: number | undefined;
  private position = 0;
  private rest = '';
  private decoder = new StringDecoder('utf8');

  /** @param fromEnd skip what is there already */
  constructor(
    private readonly file: string,
    fromEnd: boolean,
  ) {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (!stat || !fromEnd) return;
    this.inode = stat.ino;
    this.position = stat.size;
  }

  /** Complete lines that came since the last call. */
  read(): string[] {
    let fd: number;
    try {
      fd = openSync(this.file, 'r');
    } catch {
      return [];
    }
    try {
      const { ino, size } = fstatSync(fd);
      if (ino !== this.inode || size < this.position) this.beginAgain(ino);
      if (size === this.position) return [];
      const buffer = Buffer.alloc(size - this.position);
      const bytes = readSync(fd, buffer, 0, buffer.length, this.position);
      this.position += bytes;
      const lines = (this.rest + this.decoder.write(buffer.subarray(0, bytes))).split('\n');
      this.rest = lines.pop()!;
      return lines;
    } finally {
      closeSync(fd);
    }
  }

  private beginAgain(inode: number): void {
    this.inode = inode;
    this.position = 0;
    this.rest = '';
    this.decoder = new StringDecoder('utf8');
  }
}
