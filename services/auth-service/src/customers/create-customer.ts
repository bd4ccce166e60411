import { Inject, Injectable } from '@nestjs/common';
import type { Identity } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { CLOCK, conflict, newId, type Clock } from '@reseller/runtime';
import { findActiveAdmin } from '../accounts/active-admin.js';
import type { Customer } from './customer.js';
import { businessToAddTo } from './customer-business.js';
import { customerChanged } from './customer-changed.js';
import { findOrInsertCustomer } from './customer.repository.js';
import type { CreateCustomerBody, FindOrCreateCustomerBody } from './customers.schemas.js';

export const phoneTaken = (customerId: string | undefined) =>
  conflict(
    'CUSTOMER_EXISTS',
    'The business has a customer with this phone number already.',
    customerId === undefined ? {} : { customerId },
  );

/** Adds a customer to a business, or finds the one who has the phone. */
@Injectable()
export class CreateCustomer {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 403; 409 CUSTOMER_EXISTS with the id of the one who has the phone; 422 BUSINESS_NOT_FOUND, TENANT_MISMATCH */
  async execute(command: CreateCustomerBody, caller: Identity): Promise<Customer> {
    const { customer, isNew } = await this.findOrCreate(command, caller);
    if (!isNew) throw phoneTaken(customer.id);
    return customer;
  }

  /** @throws 403; 422 BUSINESS_NOT_FOUND, TENANT_MISMATCH */
  async findOrCreate(
    command: CreateCustomerBody | FindOrCreateCustomerBody,
    caller: Identity,
  ): Promise<{ customer: Customer; isNew: boolean }> {
    const admin = await findActiveAdmin(this.database, caller);
    const business = await businessToAddTo(this.database, admin, command);
    return this.database.sqlTransaction(async (tx) => {
      const found = await findOrInsertCustomer(tx, {
        id: newId(),
        ...business,
        name: command.name ?? null,
        phone: command.phone,
        email: command.email ?? null,
        whatsappNumber: command.whatsappNumber ?? null,
        notes: command.notes ?? null,
        source: command.source,
      });
      if (!found.isNew) return found;
      const change = { action: 'CUSTOMER_CREATED', before: null, after: found.customer } as const;
      await appendToOutbox(tx, [
        customerChanged({ ...change, subject: found.customer, actorId: admin.id, at: this.clock.now() }),
      ]);
      return found;
    });
  }
}
