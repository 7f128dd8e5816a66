import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { emptySketch, type Sketch } from './sketch.domain.js';

/** A sketch as it is stored: an almost empty one takes some bytes instead of 32 KiB. */
export function packSketch(sketch: Sketch): Buffer {
  return deflateRawSync(sketch, { level: 1 });
}

/** @throws RangeError when the bytes hold no sketch of our size */
export function unpackSketch(packed: Buffer): Sketch {
  const sketch = emptySketch();
  const bytes = inflateRawSync(packed, { maxOutputLength: sketch.length });
  if (bytes.length !== sketch.length) throw new RangeError(`a stored sketch has ${bytes.length} registers`);
  sketch.set(bytes);
  return sketch;
}
