import { Inject, Injectable } from '@nestjs/common';
import { adminAction } from '@reseller/contracts';
import { appendToOutbox } from '@reseller/messaging';
import { Database } from '@reseller/persistence';
import { CLOCK, notFound, requireVersion, type Clock } from '@reseller/runtime';
import { CatalogueCache } from '../products/catalogue-cache.js';
import type { CatalogueActor } from '../products/create-product.js';
import { crossesThreshold, stockLowEvent, type WatchedVariant } from './stock-low.js';

export interface SetThresholdCommand {
  readonly variantId: string;
  readonly actor: CatalogueActor;
  readonly lowStockThreshold: number;
  /** The settings that the caller has seen; null: whatever they are. */
  readonly expectedVersion: bigint | null;
}

interface Locked extends WatchedVariant {
  readonly available: number;
  readonly settingsVersion: bigint;
}

const LOCK = `
select v.id as "variantId", v.product_id as "productId", v.business_id as "businessId", v.sku, p.name as "productName",
  v.name as "variantName", v.low_stock_threshold as "lowStockThreshold", v.stock - v.reserved as available,
  v.settings_version as "settingsVersion"
from variants v join products p on p.id = v.product_id
where v.id = $1::uuid and v.deleted_at is null and ($2::uuid is null or v.business_id = $2::uuid)
for no key update of v`;

const SET = `
update variants set low_stock_threshold = $2::int, settings_version = settings_version + 1, version = version + 1, updated_at = now()
where id = $1::uuid returning version`;

/** From which number of available pieces on a variant counts as low. */
@Injectable()
export class SetThreshold {
  constructor(
    private readonly database: Database,
    private readonly cache: CatalogueCache,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * A threshold that is raised past what is available makes the variant low: that is told, as a sale would have been.
   *
   * @throws 404 VARIANT_NOT_FOUND; 412 VERSION_MISMATCH when the settings were changed meanwhile.
   */
  async execute({ variantId, actor, lowStockThreshold, expectedVersion }: SetThresholdCommand): Promise<void> {
    await this.database.sqlTransaction(async (tx) => {
      const [before] = await tx.query<Locked>(LOCK, [variantId, actor.businessId]);
      if (before === undefined) throw notFound('VARIANT_NOT_FOUND', 'There is no such variant.');
      requireVersion('variant', expectedVersion, before.settingsVersion);
      if (before.lowStockThreshold === lowStockThreshold) return;
      const [changed] = await tx.query<{ version: bigint }>(SET, [variantId, lowStockThreshold]);
      const { available, businessId } = before;
      const occurredAt = this.clock.now();
      const isLowNow = crossesThreshold(available, before.lowStockThreshold, lowStockThreshold);
      await appendToOutbox(tx, [
        ...(isLowNow && changed !== undefined
          ? [stockLowEvent({ ...before, lowStockThreshold }, { available, version: changed.version, occurredAt })]
          : []),
        adminAction({
          actorId: actor.userId,
          action: 'stock.threshold',
          subjectType: 'stock',
          subjectId: variantId,
          businessId,
          occurredAt,
          before: { lowStockThreshold: before.lowStockThreshold },
          after: { lowStockThreshold },
        }),
      ]);
      tx.afterCommit(() => this.cache.drop());
    });
  }
}
