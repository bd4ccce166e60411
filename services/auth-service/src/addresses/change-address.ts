import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { CLOCK, type Clock } from '@reseller/runtime';
import type { Address, PrismaClient } from '../generated/prisma/client.js';
import { clearDefault, lockAddressBook, requireAddress, requireDeliverable, type AddressOf } from './address-book.js';
import type { UpdateAddressBody } from './addresses.schemas.js';

@Injectable()
export class ChangeAddress {
  constructor(
    private readonly database: Database<PrismaClient>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * What nothing changes stays in its version.
   * @throws 404 also for somebody else's; 412 VERSION_MISMATCH
   */
  async execute(
    { userId, id }: AddressOf,
    changes: Omit<UpdateAddressBody, 'version'>,
    expectedVersion: bigint | null,
  ): Promise<Address> {
    return this.database.transaction(async (tx) => {
      await lockAddressBook(tx, userId);
      const before = await requireAddress(tx, { userId, id, expectedVersion });
      requireDeliverable({ country: changes.country ?? before.country, pincode: changes.pincode ?? before.pincode });
      if (!differs(before, changes)) return before;
      if (changes.isDefault === true) await clearDefault(tx, userId);
      const data = { ...changes, version: before.version + 1n, updatedAt: this.clock.now() };
      return tx.models.address.update({ where: { id }, data });
    });
  }
}

function differs(before: Address, changes: Omit<UpdateAddressBody, 'version'>): boolean {
  return Object.entries(changes).some(([field, value]) => value !== undefined && Reflect.get(before, field) !== value);
}
