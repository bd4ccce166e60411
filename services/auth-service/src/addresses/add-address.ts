import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { newId, unprocessable } from '@reseller/runtime';
import type { Address, PrismaClient } from '../generated/prisma/client.js';
import { clearDefault, lockAddressBook, requireDeliverable } from './address-book.js';
import type { CreateAddressBody } from './addresses.schemas.js';

const ADDRESSES_MAX = 50;

/** Adds an address; the first one is the default whether it says so or not. */
@Injectable()
export class AddAddress {
  constructor(private readonly database: Database<PrismaClient>) {}

  /** @throws 422 TOO_MANY_ADDRESSES */
  async execute(userId: string, fields: CreateAddressBody): Promise<Address> {
    requireDeliverable(fields);
    return this.database.transaction(async (tx) => {
      await lockAddressBook(tx, userId);
      const count = await tx.models.address.count({ where: { userId } });
      if (count >= ADDRESSES_MAX) {
        throw unprocessable('TOO_MANY_ADDRESSES', `An account keeps at most ${ADDRESSES_MAX} addresses.`);
      }
      const isDefault = fields.isDefault || count === 0;
      if (isDefault) await clearDefault(tx, userId);
      return tx.models.address.create({ data: { ...fields, id: newId(), userId, isDefault } });
    });
  }
}
