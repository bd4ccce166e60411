import type { ModelTx } from '@reseller/persistence';
import { invalid, requireVersion, unauthenticated } from '@reseller/runtime';
import type { Address, PrismaClient } from '../generated/prisma/client.js';
import { addressNotFound } from './address.queries.js';
import { isDeliverable } from './addresses.schemas.js';

export type AddressTx = ModelTx<PrismaClient>;

export interface AddressOf {
  readonly userId: string;
  readonly id: string;
}

/** Holds the owner's row: changes to one address book follow one another, so that counts and the one default hold. */
export async function lockAddressBook(tx: AddressTx, userId: string): Promise<void> {
  const owners = await tx.query('select id from users where id = $1::uuid and is_active for no key update', [userId]);
  if (owners.length === 0) {
    throw unauthenticated('UNAUTHENTICATED', 'This account does not exist any more or has been disabled.');
  }
}

/** An address of a book that is held. @throws 404 also for somebody else's; 412 VERSION_MISMATCH */
export async function requireAddress(
  tx: AddressTx,
  { userId, id, expectedVersion }: AddressOf & { readonly expectedVersion: bigint | null },
): Promise<Address> {
  const address = await tx.models.address.findFirst({ where: { id, userId } });
  if (address === null) throw addressNotFound();
  requireVersion('address', expectedVersion, address.version);
  return address;
}

/** Takes the mark from the present default before another gets it; the unique index allows one at any time. */
export async function clearDefault(tx: AddressTx, userId: string): Promise<void> {
  await tx.models.address.updateMany({
    where: { userId, isDefault: true },
    data: { isDefault: false, version: { increment: 1 } },
  });
}

/** @throws 400 VALIDATION_FAILED */
export function requireDeliverable(address: Pick<Address, 'country' | 'pincode'>): void {
  if (isDeliverable(address)) return;
  throw invalid('VALIDATION_FAILED', 'The request is not valid; see errors.', {
    errors: [{ path: 'pincode', message: 'must be six digits in India' }],
  });
}
