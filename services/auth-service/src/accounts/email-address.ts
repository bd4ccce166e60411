import { domainToASCII } from 'node:url';
import { z } from 'zod';

const LENGTH_MAX = 254;
const LOCAL = /^(?!\.)(?!.*\.\.)[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}$/i;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})$/;

/**
 * One spelling for one mailbox: trimmed, lower case, an international domain in ASCII (`bücher.example` →
 * `xn--bcher-kva.example`). The part before the @ must be ASCII as it was written: folding look-alikes such as the Kelvin
 * sign into letters would let somebody sign up with what reads as another person's address.
 *
 * @returns null for what is no address.
 */
export function canonicalEmail(text: string): string | null {
  const trimmed = text.trim();
  const at = trimmed.lastIndexOf('@');
  const local = trimmed.slice(0, Math.max(at, 0));
  if (!LOCAL.test(local) || local.endsWith('.')) return null;
  const domain = domainToASCII(trimmed.slice(at + 1)).toLowerCase();
  const email = `${local.toLowerCase()}@${domain}`;
  return DOMAIN.test(domain) && email.length <= LENGTH_MAX ? email : null;
}

/** An email address in any spelling, read into its {@link canonicalEmail}. */
export const accountEmail = () =>
  z
    .string()
    .max(2 * LENGTH_MAX)
    .transform((text, context) => {
      const email = canonicalEmail(text);
      if (email !== null) return email;
      context.addIssue({ code: 'custom', message: 'must be an email address' });
      return z.NEVER;
    });
