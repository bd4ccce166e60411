import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { Public, Returns, uuid } from '@reseller/http';
import { notFound } from '@reseller/runtime';
import { AvailabilityQueries } from './availability.queries.js';
import { StockQueries } from './stock.queries.js';
import {
  availabilityBody,
  availabilityView,
  stockCheckQuery,
  stockCheckView,
  toAvailabilityView,
  toStockCheckView,
  toWantedItems,
  variantStockView,
  type AvailabilityBody,
  type StockCheckQuery,
  type StockCheckView,
  type VariantStockView,
} from './stock.schemas.js';

/** What a buyer may know before ordering. It is no promise: the reservation decides. */
@Controller()
@Public()
export class StockController {
  constructor(
    private readonly stock: StockQueries,
    private readonly availability: AvailabilityQueries,
  ) {}

  @Get('stock/variants/:variantId')
  @Returns(variantStockView)
  async ofVariant(@Param('variantId', { schema: uuid() }) variantId: string): Promise<VariantStockView> {
    const found = await this.stock.ofVariant(variantId);
    if (found === undefined) throw notFound('VARIANT_NOT_FOUND', 'There is no such variant.');
    return { ...found, inStock: found.available > 0 };
  }

  @Get('products/:id/stock/check')
  @Returns(stockCheckView, { description: 'Whether the quantity is available' })
  async check(
    @Param('id', { schema: uuid() }) id: string,
    @Query({ schema: stockCheckQuery }) query: StockCheckQuery,
  ): Promise<StockCheckView> {
    const [first, ...others] = await this.stock.ofProduct(id, query.variantId ?? null);
    if (first === undefined) throw notFound('PRODUCT_NOT_FOUND', 'There is no such product or variant.');
    return toStockCheckView([first, ...others], query.quantity);
  }

  @Post('inventory/availability')
  @HttpCode(200)
  @Returns(availabilityView, { description: 'What is available of each item, in the order asked' })
  async availabilityOf(@Body({ schema: availabilityBody }) body: AvailabilityBody) {
    return toAvailabilityView(await this.availability.of(toWantedItems(body)));
  }
}
