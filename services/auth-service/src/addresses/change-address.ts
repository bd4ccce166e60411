import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { CLOCK, type Clock } from '@reseller/runtime';
import type { Address, PrismaClient } from '../generated/prisma/client.js';
import { clearDefault, lockAddressBook, requireDeliverable } from './address-book.js';
import { addressNotFound } from './address.queries.js';
import type { UpdateAddressBody } from './addresses.schemas.js';

@Injectable()
export class ChangeAddress {
  constructor(
    private readonly database: Database<PrismaClient>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 404 also for somebody else's. */
  async execute(userId: string, id: string, changes: UpdateAddressBody): Promise<Address> {
    return this.database.transaction(async (tx) => {
      await lockAddressBook(tx, userId);
      const before = await tx.models.address.findFirst({ where: { id, userId } });
      if (before === null) throw addressNotFound();
      requireDeliverable({ country: changes.country ?? before.country, pincode: changes.pincode ?? before.pincode });
      if (changes.isDefault === true) await clearDefault(tx, userId);
      return tx.models.address.update({ where: { id }, data: { ...changes, updatedAt: this.clock.now() } });
    });
  }
}
