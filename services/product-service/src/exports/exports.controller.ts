import { Controller, Get, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Caller, requireUser, ReturnsCsv, Roles, sendCsv } from '@reseller/http';
import type { Identity } from '@reseller/http';
import { COLUMNS } from '../imports/import.js';
import { businessQuery, type BusinessQuery } from '../imports/imports.schemas.js';
import { businessOf } from '../products/create-product.js';
import { productLines } from './product-lines.js';
import { ExportQueries } from './export.queries.js';

const STOCK_COLUMNS = [
  'sku',
  'productName',
  'variantName',
  'stock',
  'stockWas',
  'stockVersion',
  'reserved',
  'available',
  'lowStockThreshold',
];

const PRODUCT_COLUMNS = [...COLUMNS.PRODUCTS.required, ...COLUMNS.PRODUCTS.optional];

/** Files of one business, in the columns that the imports take. */
@Controller()
@Roles('ADMIN')
export class ExportsController {
  constructor(private readonly exports: ExportQueries) {}

  @Get('inventory/export.csv')
  @ReturnsCsv(
    'Every variant with its stock; change `stock`, keep `stockWas` and `stockVersion`, and send it to POST /inventory/import',
  )
  stock(
    @Query({ schema: businessQuery }) query: BusinessQuery,
    @Caller() caller: Identity,
    @Res() reply: FastifyReply,
  ): void {
    const rows = this.exports.stock(chosenBusiness(caller, query));
    sendCsv(reply, { name: 'inventory.csv', columns: STOCK_COLUMNS, rows });
  }

  @Get('products/export.csv')
  @ReturnsCsv('Every variant with its product; send it back changed to POST /products/import')
  products(
    @Query({ schema: businessQuery }) query: BusinessQuery,
    @Caller() caller: Identity,
    @Res() reply: FastifyReply,
  ): void {
    const rows = productLines(this.exports.products(chosenBusiness(caller, query)));
    sendCsv(reply, { name: 'products.csv', columns: PRODUCT_COLUMNS, rows });
  }
}

const chosenBusiness = (caller: Identity, { businessId }: BusinessQuery): string =>
  businessOf({ userId: requireUser(caller), businessId: caller.businessId }, businessId);
