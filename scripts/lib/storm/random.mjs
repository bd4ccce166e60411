// Choices that a seed decides. Each actor has a stream of its own, so that what one chooses does not depend on how fast
// the others are.

/** Mulberry32 (public domain): small, and good enough to choose by. */
export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  /** @returns {number} from 0 up to 1 */
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** From `least` to `most`, both included. */
  between(least, most) {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(probability) {
    return this.next() < probability;
  }

  pick(list) {
    return list[this.between(0, list.length - 1)];
  }

  /** Another stream, by name. */
  fork(name) {
    let hash = this.state;
    for (const character of name) hash = Math.imul(hash ^ character.codePointAt(0), 0x01000193);
    return new Random(hash);
  }

  /** An idempotency key, or part of an address: the same again with the same seed. */
  word() {
    return Array.from({ length: 3 }, () => Math.floor(this.next() * 0x100000000).toString(36)).join('');
  }
}
