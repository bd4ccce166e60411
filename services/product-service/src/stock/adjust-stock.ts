import { Inject, Injectable } from '@nestjs/common';
import { adminAction } from '@reseller/contracts';
import type { IdempotentStep } from '@reseller/http';
import { appendToOutbox } from '@reseller/messaging';
import { Database, type SqlTx } from '@reseller/persistence';
import { CLOCK, conflict, notFound, unprocessable, type Clock } from '@reseller/runtime';
import { CatalogueCache } from '../products/catalogue-cache.js';
import type { CatalogueActor } from '../products/create-product.js';
import { STOCK_MAX } from '../products/products.schemas.js';
import type { AdjustmentChange } from './adjustment-reason.js';
import { StockLedger } from './stock-ledger.js';
import type { AdjustmentView } from './stock.schemas.js';

export interface AdjustStockCommand {
  /** Of the adjustment: what its movement refers to. */
  readonly id: string;
  readonly actor: CatalogueActor;
  readonly variantId: string;
  readonly change: AdjustmentChange;
  readonly reason: string;
  readonly note: string | null;
  /** Stores the answer for the request's idempotency key. */
  readonly remember: (tx: SqlTx, answer: AdjustmentView) => ReturnType<IdempotentStep['remember']>;
}

interface Adjusted {
  readonly variantId: string;
  readonly productId: string;
  readonly businessId: string;
  readonly sku: string;
  readonly stock: number;
  readonly reserved: number;
}

const LOCK = `
select id as "variantId", product_id as "productId", business_id as "businessId", sku, stock, reserved
from variants where id = $1::uuid and deleted_at is null and ($2::uuid is null or business_id = $2::uuid)
for no key update`;

/** A count, a delivery, a breakage: an administrator corrects what the warehouse holds. */
@Injectable()
export class AdjustStock {
  constructor(
    private readonly database: Database,
    private readonly ledger: StockLedger,
    private readonly cache: CatalogueCache,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws 404 VARIANT_NOT_FOUND; 409 STOCK_BELOW_RESERVED: promised pieces cannot be counted away. */
  execute(command: AdjustStockCommand): Promise<AdjustmentView> {
    return this.database.sqlTransaction(async (tx) => {
      const [before] = await tx.query<Adjusted>(LOCK, [command.variantId, command.actor.businessId]);
      if (before === undefined) throw notFound('VARIANT_NOT_FOUND', 'There is no such variant.');
      const delta = 'delta' in command.change ? command.change.delta : command.change.setTo - before.stock;
      const stock = before.stock + delta;
      refuseImpossible(before, stock);
      if (delta !== 0) await this.write(tx, command, before, delta);
      const { variantId, productId, sku, reserved } = before;
      const { reason, note } = command;
      const answer = {
        variantId,
        productId,
        sku,
        delta,
        stock,
        reserved,
        available: stock - reserved,
        reason,
        note,
        actor: command.actor.userId,
      };
      await command.remember(tx, answer);
      tx.afterCommit(() => this.cache.drop());
      return answer;
    });
  }

  private async write(tx: SqlTx, command: AdjustStockCommand, before: Adjusted, delta: number): Promise<void> {
    const { variantId, businessId, stock } = before;
    const { reason, note } = command;
    const actorId = command.actor.userId;
    await this.ledger.apply(tx, [{ variantId, stockDelta: delta, reservedDelta: 0, kind: 'ADJUSTMENT' }], {
      referenceType: 'ADJUSTMENT',
      referenceId: command.id,
      reason,
      note,
      actor: actorId,
    });
    const action = adminAction({
      actorId,
      action: 'stock.adjust',
      subjectType: 'stock',
      subjectId: variantId,
      businessId,
      occurredAt: this.clock.now(),
      before: { stock },
      after: { stock: stock + delta },
      reason,
    });
    await appendToOutbox(tx, [action]);
  }
}

function refuseImpossible({ stock, reserved }: Adjusted, wanted: number): void {
  if (wanted < reserved) {
    throw conflict('STOCK_BELOW_RESERVED', 'More pieces than that are reserved for orders.', {
      stock,
      reserved,
      wanted,
    });
  }
  if (wanted > STOCK_MAX) throw unprocessable('STOCK_TOO_LARGE', `A variant holds at most ${STOCK_MAX} pieces.`);
}
