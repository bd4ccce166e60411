import { Controller, Get, Param } from '@nestjs/common';
import { businessSchema } from '@reseller/contracts';
import { InternalOnly, Returns, uuid } from '@reseller/http';
import { z } from 'zod';
import { snapshotOf } from './business.js';
import { BusinessQueries } from './business.queries.js';

/** What the event says, and its version, so that a copy made from either is written `where version < new`. */
const internalBusinessView = businessSchema.extend({ version: z.int() });

@InternalOnly('order', 'pricing', 'product')
@Controller('internal/businesses')
export class InternalBusinessesController {
  constructor(private readonly businesses: BusinessQueries) {}

  @Get(':id')
  @Returns(internalBusinessView)
  async one(@Param('id', { schema: uuid() }) id: string) {
    const business = await this.businesses.byId(id);
    return { ...snapshotOf(business), version: Number(business.version) };
  }
}
