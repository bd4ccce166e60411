import { Inject, Injectable } from '@nestjs/common';
import type { Identity } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database, isUniqueViolation, type SqlTx } from '@reseller/persistence';
import { CLOCK, requireVersion, type Clock } from '@reseller/runtime';
import type { Account } from '../accounts/account.js';
import { findActiveAdmin } from '../accounts/active-admin.js';
import { phoneTaken } from './create-customer.js';
import { withChanges, type CustomerChanges } from './customer.js';
import { customerChanged } from './customer-changed.js';
import { findCustomer, findIdByPhone, saveCustomer } from './customer.repository.js';
import { lockedCustomer } from './locked-customer.js';

export interface UpdateCustomerCommand {
  readonly id: string;
  readonly changes: CustomerChanges;
  /** The change is only made to this version; null: to whichever stands. */
  readonly expectedVersion: bigint | null;
  readonly reason: string | null;
}

@Injectable()
export class UpdateCustomer {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 403, 404; 409 CUSTOMER_EXISTS when another has the phone; 412 VERSION_MISMATCH */
  async execute(command: UpdateCustomerCommand, caller: Identity): Promise<void> {
    const admin = await findActiveAdmin(this.database, caller);
    try {
      await this.database.sqlTransaction((tx) => this.change(tx, command, admin));
    } catch (error) {
      // The index decides, also between two changes at once.
      throw isUniqueViolation(error) ? phoneTaken(await this.holderOf(command)) : error;
    }
  }

  private async change(tx: SqlTx, command: UpdateCustomerCommand, admin: Account): Promise<void> {
    const before = await lockedCustomer(tx, command.id, admin);
    requireVersion('customer', command.expectedVersion, before.version);
    const now = this.clock.now();
    const after = withChanges(before, command.changes, now);
    if (after === before) return;
    await saveCustomer(tx, after);
    const change = { action: 'CUSTOMER_CHANGED', before, after, subject: after, actorId: admin.id, at: now } as const;
    await appendToOutbox(tx, [customerChanged({ ...change, reason: command.reason })]);
  }

  private async holderOf({ id, changes }: UpdateCustomerCommand): Promise<string | undefined> {
    const customer = await findCustomer(this.database, id);
    if (customer === undefined || changes.phone == null) return undefined;
    return findIdByPhone(this.database, customer.businessId, changes.phone);
  }
}
