import { randomInt } from 'node:crypto';

/** No 0 and o, no 1, i and l: codes are read out and typed from paper. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
const LENGTH = 9;

/** Unguessable: 26 million million codes from the system's generator, each character drawn without bias. */
export function newLinkCode(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}
