/**
 * Exact sum of decimal numbers of any length: one counter per decimal place holds the sum of the digits at that place.
 * Counters are doubles and exact below 2^53, which is 10^15 digits.
 */
export class DecimalSum {
  private places = new Float64Array(64);
  private used = 0;

  /** Adds `weight` times the digits of [from, to). */
  addDigits(bytes: Uint8Array, from: number, to: number, weight: 1 | -1): void {
    this.reserve(to - from);
    const places = this.places;
    for (let at = to - 1, place = 0; at >= from; at--, place++) places[place]! += weight * (bytes[at]! - 48);
  }

  /** Adds a sum of digits at one place. */
  addPlace(place: number, digits: number): void {
    this.reserve(place + 1);
    this.places[place]! += digits;
  }

  toBigInt(): bigint {
    const digits = new Uint8Array(this.used);
    let carry = 0;
    for (let place = 0; place < this.used; place++) {
      const total = this.places[place]! + carry;
      const digit = ((total % 10) + 10) % 10;
      digits[this.used - 1 - place] = 48 + digit;
      carry = (total - digit) / 10;
    }
    const low = this.used === 0 ? 0n : BigInt(Buffer.from(digits.buffer).toString('latin1'));
    return BigInt(carry) * 10n ** BigInt(this.used) + low;
  }

  private reserve(places: number): void {
    if (places > this.places.length) {
      const grown = new Float64Array(Math.max(places, this.places.length * 2));
      grown.set(this.places);
      this.places = grown;
    }
    if (places > this.used) this.used = places;
  }
}
