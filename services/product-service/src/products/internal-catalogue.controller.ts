import { Controller, Get, Query } from '@nestjs/common';
import { z } from 'zod';
import { InternalOnly, Returns, uuid } from '@reseller/http';
import { ProductQueries } from './product.queries.js';

const countsQuery = z.strictObject({ businessId: uuid().optional() });
const countsView = z.object({ products: z.int(), categories: z.int() });

/** For the dashboard, which shows how much there is to sell. */
@InternalOnly('order')
@Controller('internal/catalogue')
export class InternalCatalogueController {
  constructor(private readonly products: ProductQueries) {}

  @Get('counts')
  @Returns(countsView)
  counts(@Query({ schema: countsQuery }) { businessId }: z.infer<typeof countsQuery>) {
    return this.products.catalogueCounts(businessId ?? null);
  }
}
