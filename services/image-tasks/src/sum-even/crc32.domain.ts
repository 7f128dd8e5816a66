/** The generator polynomial of CRC-32 (ISO 3309, RFC 1952), bits reversed. */
const POLYNOMIAL = 0xedb88320;
const ONE = 0x80000000;

/** Product of two polynomials over GF(2) modulo the generator; the highest bit is the coefficient of x^0. */
function multiply(a: number, b: number): number {
  let product = 0;
  let factor = b;
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= factor;
    factor = (factor & 1) === 1 ? (factor >>> 1) ^ POLYNOMIAL : factor >>> 1;
  }
  return product >>> 0;
}

/** x^(8 bytes) modulo the generator. */
function powerOfBytes(bytes: number): number {
  let power = ONE;
  // x^8, then its squares.
  let square = ONE >>> 8;
  for (let left = bytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) power = multiply(power, square);
    square = multiply(square, square);
  }
  return power;
}

/**
 * What a part adds to the CRC-32 of the whole: the CRC-32 of a text is the exclusive or of this over its parts, in any order
 * (the arithmetic of crc32_combine in zlib).
 *
 * @param crc32 of the part alone
 * @param behind bytes of the whole that follow the part
 */
export function crc32Share(crc32: number, behind: number): number {
  return multiply(powerOfBytes(behind), crc32);
}
