import { deflateSync, crc32 } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';

const WIDTH = 131;
const HEIGHT = 97;

/** A picture in which no two places look alike. */
export function picture(channels: 1 | 2 | 3 | 4, width = WIDTH, height = HEIGHT): Sharp {
  const data = Buffer.alloc(width * height * channels);
  for (let i = 0; i < data.length; i++) data[i] = Math.imul(i + 1, 2_654_435_761) >>> 24;
  return sharp(data, { raw: { width, height, channels } });
}

const grey = (channels: 1 | 2): Sharp => picture(channels).toColourspace('b-w');

/** Every kind of picture that is accepted, by name. */
export const ACCEPTED: Readonly<Record<string, () => Promise<Buffer>>> = {
  'png, colour': () => picture(3).png().toBuffer(),
  'png, colour and alpha': () => picture(4).png().toBuffer(),
  'png, grey': () => grey(1).png().toBuffer(),
  'png, grey and alpha': () => grey(2).png().toBuffer(),
  'png, palette': () => picture(3).png({ palette: true }).toBuffer(),
  'png, two colours': () => grey(1).threshold().png({ palette: true, colours: 2 }).toBuffer(),
  'png, interlaced': () => picture(3).png({ progressive: true }).toBuffer(),
  'png, 16 bits': () => picture(3).toColourspace('rgb16').png().toBuffer(),
  'png, 16 bits and alpha': () => picture(4).toColourspace('rgb16').png().toBuffer(),
  'png, grey in 16 bits': () => picture(1).toColourspace('grey16').png().toBuffer(),
  'png, grey and alpha in 16 bits': () => picture(2).toColourspace('grey16').png().toBuffer(),
  'png, smaller than a block': () => picture(3, 7, 5).png().toBuffer(),
  'png, one pixel': () => picture(3, 1, 1).png().toBuffer(),
  jpeg: () => picture(3).jpeg().toBuffer(),
  'jpeg, grey': () => grey(1).jpeg().toBuffer(),
  'jpeg, progressive': () => picture(3).jpeg({ progressive: true }).toBuffer(),
  webp: () => picture(3).webp().toBuffer(),
  'webp, lossless with alpha': () => picture(4).webp({ lossless: true }).toBuffer(),
  avif: () => picture(3).avif({ effort: 0 }).toBuffer(),
  'avif, alpha': () => picture(4).avif({ effort: 0 }).toBuffer(),
};

export function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A PNG whose header says what it likes: grey with `bits` bits. */
export function greyPng(width: number, height: number, bits: number, pixels: Buffer, ...more: Buffer[]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = bits;
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    ...more,
    chunk('IDAT', deflateSync(pixels, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The types of the chunks of a PNG, in their order. */
export function chunksOf(png: Buffer): string[] {
  const types = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) types.push(png.toString('latin1', at + 4, at + 8));
  return types;
}
