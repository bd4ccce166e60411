import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { Caller, IdempotencyKeys, IdempotentCall, pageOf, requireUser, Returns, Roles, toPage } from '@reseller/http';
import type { IdempotentRequest, Identity } from '@reseller/http';
import { AdjustStock, type AdjustStockCommand } from './adjust-stock.js';
import { StockQueries } from './stock.queries.js';
import {
  adjustmentView,
  adjustStockBody,
  inventoryItemView,
  inventoryQuery,
  movementsQuery,
  movementView,
  toInventoryItemView,
  toMovementView,
  type AdjustmentView,
  type AdjustStockBody,
  type InventoryQuery,
  type MovementsQuery,
} from './stock.schemas.js';

const inventoryPage = pageOf(inventoryItemView);
const movementsPage = pageOf(movementView);

@Controller('inventory')
@Roles('ADMIN')
export class InventoryController {
  constructor(
    private readonly adjustStock: AdjustStock,
    private readonly stock: StockQueries,
    private readonly idempotency: IdempotencyKeys,
  ) {}

  @Get()
  @Returns(inventoryPage, { description: 'Stock by variant' })
  async list(@Query({ schema: inventoryQuery }) query: InventoryQuery, @Caller() caller: Identity) {
    const { q = null, productId = null, lowStock = null } = query;
    const page = await this.stock.inventory({ q, productId, lowStock, businessId: caller.businessId }, toPage(query));
    return { ...page, data: page.data.map(toInventoryItemView) };
  }

  @Get('movements')
  @Returns(movementsPage, { description: 'Every change of stock, newest first' })
  async movements(@Query({ schema: movementsQuery }) query: MovementsQuery, @Caller() caller: Identity) {
    const { variantId = null, productId = null, kind = null } = query;
    const page = await this.stock.movements(
      { variantId, productId, kind, businessId: caller.businessId },
      toPage(query),
    );
    return { ...page, data: page.data.map(toMovementView) };
  }

  @Post('adjustments')
  @Returns(adjustmentView, { status: 201, description: 'The stock as it is now' })
  adjust(
    @Body({ schema: adjustStockBody }) body: AdjustStockBody,
    @Caller() caller: Identity,
    @IdempotentCall() request: IdempotentRequest,
  ): Promise<AdjustmentView> {
    const actor = { userId: requireUser(caller), businessId: caller.businessId };
    return this.idempotency.run(request, actor.userId, (step) =>
      this.adjustStock.execute({
        id: step.subjectId,
        actor,
        variantId: body.variantId,
        change: changeOf(body),
        reason: body.reason,
        note: body.note ?? null,
        remember: (tx, answer) => step.remember(tx, 201, answer),
      }),
    );
  }
}

/** The schema admitted exactly one of the two. */
function changeOf({ delta, setTo }: AdjustStockBody): AdjustStockCommand['change'] {
  return setTo === undefined ? { delta: delta ?? 0 } : { setTo };
}
