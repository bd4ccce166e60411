import { Controller, Get, Param } from '@nestjs/common';
import { z } from 'zod';
import { productSchema } from '@reseller/contracts';
import { InternalOnly, Returns, uuid } from '@reseller/http';
import { notFound } from '@reseller/runtime';
import { ProductQueries } from './product.queries.js';

const productFactView = productSchema.extend({ version: z.int() });

/** For services whose copy does not know a product yet. */
@InternalOnly('pricing', 'share-link')
@Controller('internal/products')
export class InternalProductsController {
  constructor(private readonly products: ProductQueries) {}

  @Get(':id')
  @Returns(productFactView)
  async byId(@Param('id', { schema: uuid() }) id: string): Promise<z.infer<typeof productFactView>> {
    const fact = await this.products.factById(id);
    if (fact === null) throw notFound('PRODUCT_NOT_FOUND', 'There is no such product.');
    return fact;
  }
}
