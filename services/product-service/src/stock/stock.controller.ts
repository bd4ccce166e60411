import { Controller, Get, Param, Query } from '@nestjs/common';
import { Public, Returns, uuid } from '@reseller/http';
import { notFound, unprocessable } from '@reseller/runtime';
import { StockQueries } from './stock.queries.js';
import {
  stockCheckQuery,
  stockCheckView,
  variantStockView,
  type StockCheckQuery,
  type StockCheckView,
  type VariantStockView,
} from './stock.schemas.js';

/** What a buyer may know before ordering. It is no promise: the reservation decides. */
@Controller()
@Public()
export class StockController {
  constructor(private readonly stock: StockQueries) {}

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
    const [found, another] = await this.stock.ofProduct(id, query.variantId ?? null);
    if (found === undefined) throw notFound('PRODUCT_NOT_FOUND', 'There is no such product or variant.');
    if (another !== undefined)
      throw unprocessable('VARIANT_REQUIRED', 'The product has several variants: name one by variantId.');
    const { productId, variantId, productName, variantName, stock, reserved, available } = found;
    return {
      productId,
      variantId,
      productName,
      variantDetails: variantName,
      quantity: query.quantity,
      stockQuantity: stock,
      reservedStock: reserved,
      availableStock: available,
      inStock: available >= query.quantity,
    };
  }
}
