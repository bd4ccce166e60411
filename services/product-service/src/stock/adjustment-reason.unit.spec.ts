import { expect, it } from '@jest/globals';
import { contradictionOf, reasonOf, type AdjustmentChange } from './adjustment-reason.js';

it.each([
  ['received', 'RECEIVED'],
  ['Counted', 'COUNTED'],
  ['theft', 'THEFT'],
  ['fell off the shelf', 'fell off the shelf'],
])('reads %s as %s', (text, reason) => expect(reasonOf(text)).toBe(reason));

it.each<[string, AdjustmentChange, boolean]>([
  ['RECEIVED', { delta: 1 }, true],
  ['RECEIVED', { delta: -1 }, false],
  ['RETURNED', { setTo: 5 }, false],
  ['DAMAGED', { delta: -1 }, true],
  ['LOST', { delta: 1 }, false],
  ['THEFT', { delta: -1 }, true],
  ['THEFT', { delta: 1 }, false],
  ['EXPIRED', { delta: -2 }, true],
  ['EXPIRED', { setTo: 5 }, false],
  ['COUNTED', { setTo: 0 }, true],
  ['COUNTED', { delta: 1 }, false],
  ['CORRECTION', { delta: -1 }, true],
  ['in their own words', { setTo: 5 }, true],
])('%s with %j may be: %s', (reason, change, mayBe) => expect(contradictionOf(reason, change) === null).toBe(mayBe));
