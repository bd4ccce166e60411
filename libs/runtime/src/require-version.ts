import { preconditionFailed } from './domain-error.js';

/**
 * Keeps one edit from silently overwriting another: call it with the row locked.
 *
 * @param of what is changed, such as `customer`
 * @param expected the version that the change was made to; null: whichever stands
 * @throws 412 VERSION_MISMATCH with the version that stands
 */
export function requireVersion(of: string, expected: bigint | null, version: bigint | number): void {
  if (expected === null || expected === BigInt(version)) return;
  throw preconditionFailed('VERSION_MISMATCH', `The ${of} has changed: version ${version} stands now. Read it again.`, {
    version: Number(version),
  });
}
