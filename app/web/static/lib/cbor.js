/**
 * The part of CBOR (RFC 8949) in which our cards are written, and no more: integers, texts, arrays, maps with integer
 * keys, true and false, each in its one shortest form. Anything else is a RangeError.
 */

const TEXT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const SIMPLE = new Map([[20, false], [21, true]]);

/** The value that the bytes are, all of them. @param {Uint8Array} bytes @returns {any} */
export function decoded(bytes) {
  const reader = new Reader(bytes);
  const value = reader.value();
  if (reader.at !== bytes.length) throw new RangeError('more than one value');
  return value;
}

class Reader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  /** @param {number} length @returns {Uint8Array} */
  take(length) {
    if (this.at + length > this.bytes.length) throw new RangeError('cut off');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** The argument of a head, written as short as it can be. @param {number} short */
  argument(short) {
    if (short < 24) return short;
    if (short > 26) throw new RangeError('too long, or without an end');
    const size = 2 ** (short - 24);
    const number = this.take(size).reduce((sum, byte) => sum * 256 + byte, 0);
    if (number < (size === 1 ? 24 : 256 ** (size / 2))) throw new RangeError('not in its shortest form');
    return number;
  }

  /** @returns {any} */
  value() {
    const [head] = this.take(1);
    const [major, short] = [head >> 5, head & 31];
    if (major === 7) return this.simple(short);
    const number = this.argument(short);
    if (major === 0) return number;
    if (major === 1) return -1 - number;
    if (major === 3) return TEXT.decode(this.take(number));
    if (major === 4) return Array.from({ length: this.least(number) }, () => this.value());
    if (major === 5) return this.map(number);
    throw new RangeError('neither of ours');
  }

  /** @param {number} short */
  simple(short) {
    if (!SIMPLE.has(short)) throw new RangeError('neither true nor false');
    return SIMPLE.get(short);
  }

  /** As many values need as many bytes at least. @param {number} number */
  least(number) {
    if (number > this.bytes.length - this.at) throw new RangeError('cut off');
    return number;
  }

  /** @param {number} number */
  map(number) {
    const entries = Array.from({ length: this.least(number) }, () => [this.value(), this.value()]);
    const read = new Map(/** @type {any} */ (entries));
    if (read.size < number || !entries.every(([key]) => Number.isInteger(key))) throw new RangeError('keys are integers, each once');
    return read;
  }
}
