import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import type { PrismaClient } from '../generated/prisma/client.js';
import { lockAddressBook, requireAddress, type AddressOf } from './address-book.js';

/** Removes an address; where it was the default, the newest of the others takes its place. Orders keep their own copy. */
@Injectable()
export class RemoveAddress {
  constructor(private readonly database: Database<PrismaClient>) {}

  /** @throws 404 also for somebody else's; 412 VERSION_MISMATCH */
  async execute({ userId, id }: AddressOf, expectedVersion: bigint | null): Promise<void> {
    await this.database.transaction(async (tx) => {
      await lockAddressBook(tx, userId);
      const { address } = tx.models;
      const before = await requireAddress(tx, { userId, id, expectedVersion });
      await address.delete({ where: { id } });
      if (!before.isDefault) return;
      const newest = await address.findFirst({ where: { userId }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] });
      if (newest === null) return;
      await address.update({ where: { id: newest.id }, data: { isDefault: true, version: { increment: 1 } } });
    });
  }
}
