import { Body, Controller, Get, Headers, Param, Patch, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import {
  boundedPageOf,
  Caller,
  expectedVersionOf,
  IdempotencyKeys,
  IdempotentCall,
  LiveAdmin,
  requireUser,
  Returns,
  Roles,
  toPage,
  uuid,
} from '@reseller/http';
import type { IdempotentRequest, Identity } from '@reseller/http';
import { notFound } from '@reseller/runtime';
import { AdjustStock } from './adjust-stock.js';
import { ProductInventoryQueries } from './product-inventory.queries.js';
import { SetThreshold } from './set-threshold.js';
import { StockQueries } from './stock.queries.js';
import {
  adjustmentView,
  adjustStockBody,
  changeOf,
  inventoryItemView,
  inventoryQuery,
  lowStockQuery,
  movementsQuery,
  movementView,
  patchVariantBody,
  productInventoryView,
  toInventoryItemView,
  toMovementView,
  toProductInventoryView,
  type AdjustmentView,
  type AdjustStockBody,
  type InventoryItemView,
  type InventoryQuery,
  type LowStockQuery,
  type MovementsQuery,
  type PatchVariantBody,
  type ProductInventoryView,
} from './stock.schemas.js';

const inventoryPage = boundedPageOf(inventoryItemView);
const movementsPage = boundedPageOf(movementView);

@Controller('inventory')
@Roles('ADMIN')
export class InventoryController {
  constructor(
    private readonly adjustStock: AdjustStock,
    private readonly setThreshold: SetThreshold,
    private readonly stock: StockQueries,
    private readonly products: ProductInventoryQueries,
    private readonly idempotency: IdempotencyKeys,
  ) {}

  @Get()
  @Returns(inventoryPage, { description: 'Stock by variant' })
  async list(@Query({ schema: inventoryQuery }) query: InventoryQuery, @Caller() { businessId }: Identity) {
    const { q = null, productId = null, lowStock = null, isActive = null } = query;
    const page = await this.stock.inventory({ q, productId, lowStock, isActive, businessId }, toPage(query));
    return { ...page, data: page.data.map(toInventoryItemView) };
  }

  @Get('low-stock')
  @Returns(inventoryPage, { description: 'Variants on sale of which no more is available than their threshold' })
  async lowStock(@Query({ schema: lowStockQuery }) query: LowStockQuery, @Caller() { businessId }: Identity) {
    const { q = null, productId = null } = query;
    const filter = { q, productId, lowStock: true, isActive: true, businessId };
    const page = await this.stock.inventory(filter, toPage(query));
    return { ...page, data: page.data.map(toInventoryItemView) };
  }

  @Get('movements')
  @Returns(movementsPage, { description: 'Every change of stock, newest first' })
  async movements(@Query({ schema: movementsQuery }) query: MovementsQuery, @Caller() { businessId }: Identity) {
    const { variantId = null, productId = null, kind = null, reason = null } = query;
    const page = await this.stock.movements({ variantId, productId, kind, reason, businessId }, toPage(query));
    return { ...page, data: page.data.map(toMovementView) };
  }

  @Get('products/:id')
  @Returns(productInventoryView, { description: 'Everything about one product’s stock' })
  async ofProduct(
    @Param('id', { schema: uuid() }) id: string,
    @Caller() caller: Identity,
  ): Promise<ProductInventoryView> {
    return toProductInventoryView(await this.products.of(id, caller.businessId));
  }

  @Get('variants/:id')
  @Returns(inventoryItemView)
  async ofVariant(
    @Param('id', { schema: uuid() }) id: string,
    @Caller() caller: Identity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InventoryItemView> {
    return this.variantView(id, caller, reply);
  }

  @Patch('variants/:id')
  @LiveAdmin()
  @Returns(inventoryItemView)
  async patchVariant(
    @Param('id', { schema: uuid() }) id: string,
    @Body({ schema: patchVariantBody }) body: PatchVariantBody,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: Identity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InventoryItemView> {
    await this.setThreshold.execute({
      variantId: id,
      actor: { userId: requireUser(caller), businessId: caller.businessId },
      lowStockThreshold: body.lowStockThreshold,
      expectedVersion: expectedVersionOf(ifMatch, body.version),
    });
    return this.variantView(id, caller, reply);
  }

  @Post('adjustments')
  @LiveAdmin()
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

  private async variantView(id: string, caller: Identity, reply: FastifyReply): Promise<InventoryItemView> {
    const row = await this.stock.inventoryOf(id, caller.businessId);
    if (row === undefined) throw notFound('VARIANT_NOT_FOUND', 'There is no such variant.');
    void reply.header('etag', `"${row.version}"`);
    return toInventoryItemView(row);
  }
}
