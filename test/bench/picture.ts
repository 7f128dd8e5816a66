import sharp, { type Sharp } from 'sharp';

/** What a camera might see: soft light, edges, and the noise of a sensor; the same in every run. */
export function drawPicture(width: number, height: number): Sharp {
  const data = Buffer.alloc(width * height * 3);
  let noise = 1;
  for (let at = 0, y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const hill = height * (0.55 + 0.1 * Math.sin(x / 310) + 0.05 * Math.sin(x / 97));
      const light = y < hill ? 150 + (70 * y) / height : 60 + 40 * Math.sin(x / 23) * Math.sin(y / 31);
      for (let channel = 0; channel < 3; channel++) {
        noise = (Math.imul(noise, 1_103_515_245) + 12_345) | 0;
        data[at++] = light + 12 * channel + (noise >>> 30);
      }
    }
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}
