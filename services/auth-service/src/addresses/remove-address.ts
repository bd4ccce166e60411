import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import type { PrismaClient } from '../generated/prisma/client.js';
import { lockAddressBook } from './address-book.js';
import { addressNotFound } from './address.queries.js';

/** Removes an address; where it was the default, the newest of the others takes its place. Orders keep their own copy. */
@Injectable()
export class RemoveAddress {
  constructor(private readonly database: Database<PrismaClient>) {}

  /** @throws 404 also for somebody else's. */
  async execute(userId: string, id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      await lockAddressBook(tx, userId);
      const { address } = tx.models;
      const before = await address.findFirst({ where: { id, userId } });
      if (before === null) throw addressNotFound();
      await address.delete({ where: { id } });
      if (!before.isDefault) return;
      const newest = await address.findFirst({ where: { userId }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] });
      if (newest !== null) await address.update({ where: { id: newest.id }, data: { isDefault: true } });
    });
  }
}
