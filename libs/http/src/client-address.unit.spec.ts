import { describe, expect, it } from '@jest/globals';
import { clientAddressOf } from './client-address.js';

const from = (forwarded?: string | string[]) =>
  clientAddressOf({ headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }, ip: '10.0.0.1' });

describe('clientAddressOf', () => {
  it('is what the gateway says', () => expect(from('203.0.113.7')).toBe('203.0.113.7'));

  it('believes the entry that was written nearest to us, not the one that a client can make up', () => {
    expect(from('6.6.6.6, 203.0.113.7')).toBe('203.0.113.7');
    expect(from(['6.6.6.6', '203.0.113.7'])).toBe('203.0.113.7');
  });

  it('is the connection where nobody says anything', () => {
    expect(from()).toBe('10.0.0.1');
    expect(from('')).toBe('10.0.0.1');
  });
});
