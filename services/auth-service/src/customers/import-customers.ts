import { Inject, Injectable } from '@nestjs/common';
import { adminAction } from '@reseller/contracts';
import type { Identity } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database, type SqlTx } from '@reseller/persistence';
import { CLOCK, newId, type Clock } from '@reseller/runtime';
import type { z } from 'zod';
import { findActiveAdmin } from '../accounts/active-admin.js';
import { businessToAddTo, type NamedBusiness } from './customer-business.js';
import { findIdsByPhone, insertCustomers } from './customer.repository.js';
import type { GivenRow } from './customers-csv.js';
import { importedCustomer } from './customers.schemas.js';
import type { ImportResult } from './import-customers.schemas.js';

/** Rows per statement: few enough for a short statement, many enough that 5,000 rows are ten. */
const CHUNK = 500;

type RowResult = ImportResult['results'][number];
type Imported = z.infer<typeof importedCustomer>;

interface Judged {
  readonly line: number;
  readonly customer: Imported;
}

/**
 * Adds many customers at once. Every row gets its own answer and a bad one keeps nobody out; whoever is known stays as they
 * are, so that the same file may be sent again.
 */
@Injectable()
export class ImportCustomers {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 403; 422 BUSINESS_NOT_FOUND, TENANT_MISMATCH */
  async execute(rows: readonly GivenRow[], named: NamedBusiness, caller: Identity): Promise<ImportResult> {
    const admin = await findActiveAdmin(this.database, caller);
    const business = await businessToAddTo(this.database, admin, named);
    const { good, bad } = judge(rows);
    const firsts = firstOfEachPhone(good);
    return this.database.sqlTransaction(async (tx) => {
      const { created, known } = await this.insert(tx, business, firsts);
      const results = good.map((row): RowResult => {
        const { phone } = row.customer;
        const isNew = created.has(phone) && firsts.get(phone)?.line === row.line;
        const customerId = created.get(phone) ?? known.get(phone) ?? null;
        return { line: row.line, status: isNew ? 'CREATED' : 'EXISTS', customerId, errors: [] };
      });
      const summary = {
        total: rows.length,
        created: created.size,
        existing: good.length - created.size,
        invalid: bad.length,
      };
      if (created.size > 0) await this.record(tx, business.businessId, admin.id, summary);
      return { ...summary, results: [...results, ...bad].sort((left, right) => left.line - right.line) };
    });
  }

  private async insert(
    tx: SqlTx,
    business: { businessId: string; tenantId: string },
    firsts: ReadonlyMap<string, Judged>,
  ): Promise<{ created: Map<string, string>; known: Map<string, string> }> {
    // In the order of phones: two imports with the same people wait for each other, and never both ways.
    const customers = [...firsts.values()]
      .map(({ customer }) => customer)
      .sort((left, right) => (left.phone < right.phone ? -1 : 1));
    const created = new Map<string, string>();
    const known = new Map<string, string>();
    for (let start = 0; start < customers.length; start += CHUNK) {
      const chunk = customers.slice(start, start + CHUNK).map((customer) => ({
        id: newId(),
        name: customer.name,
        phone: customer.phone,
        email: customer.email ?? null,
        whatsappNumber: customer.whatsappNumber ?? null,
        notes: customer.notes ?? null,
      }));
      const inserted = await insertCustomers(tx, business, 'IMPORT', chunk);
      for (const [phone, id] of inserted) created.set(phone, id);
      const others = chunk.map(({ phone }) => phone).filter((phone) => !inserted.has(phone));
      if (others.length === 0) continue;
      for (const [phone, id] of await findIdsByPhone(tx, business.businessId, others)) known.set(phone, id);
    }
    return { created, known };
  }

  private async record(tx: SqlTx, businessId: string, actorId: string, summary: object): Promise<void> {
    await appendToOutbox(tx, [
      adminAction({
        actorId,
        action: 'CUSTOMERS_IMPORTED',
        subjectType: 'business',
        subjectId: businessId,
        before: null,
        after: summary,
        businessId,
        occurredAt: this.clock.now(),
      }),
    ]);
  }
}

function judge(rows: readonly GivenRow[]): { good: Judged[]; bad: RowResult[] } {
  const good: Judged[] = [];
  const bad: RowResult[] = [];
  for (const { line, values } of rows) {
    const read = importedCustomer.safeParse(values);
    if (read.success) good.push({ line, customer: read.data });
    else bad.push({ line, status: 'INVALID', customerId: null, errors: read.error.issues.map(errorOf) });
  }
  return { good, bad };
}

const errorOf = ({ path, message }: z.core.$ZodIssue) => ({ path: path.join('.'), message });

function firstOfEachPhone(rows: readonly Judged[]): Map<string, Judged> {
  const firsts = new Map<string, Judged>();
  for (const row of rows) if (!firsts.has(row.customer.phone)) firsts.set(row.customer.phone, row);
  return firsts;
}
