import { preconditionFailed } from '@reseller/runtime';

/**
 * @param of what is changed, such as `customer`
 * @param expected the version that the change was made to; null: whichever stands.
 * @throws 412 VERSION_MISMATCH with the version that stands.
 */
export function requireVersion(of: string, expected: bigint | null, version: bigint): void {
  if (expected === null || expected === version) return;
  throw preconditionFailed('VERSION_MISMATCH', `The ${of} has changed: version ${version} stands now.`);
}
