import { Injectable } from '@nestjs/common';
import { toPage, type Page } from '@reseller/http';
import { Database } from '@reseller/persistence';
import type { PrismaClient } from '../generated/prisma/client.js';
import { toTaxRateView, type TaxRatesQuery, type TaxRateView } from './tax-rates.schemas.js';

@Injectable()
export class TaxRateQueries {
  constructor(private readonly database: Database<PrismaClient>) {}

  async list(query: TaxRatesQuery): Promise<Page<TaxRateView>> {
    const { skip, take, sort } = toPage(query);
    const at = query.at === undefined ? undefined : new Date(query.at);
    const where = {
      ...(query.hsnPrefix === undefined ? {} : { hsnPrefix: { startsWith: query.hsnPrefix } }),
      ...(at === undefined ? {} : { validFrom: { lte: at }, OR: [{ validTo: null }, { validTo: { gt: at } }] }),
    };
    const direction = sort.descending ? ('desc' as const) : ('asc' as const);
    const { taxRate } = this.database.prisma;
    const [rows, total] = await Promise.all([
      taxRate.findMany({ where, skip, take, orderBy: [{ [sort.field]: direction }, { id: direction }] }),
      taxRate.count({ where }),
    ]);
    return { data: rows.map(toTaxRateView), total, skip, take };
  }
}
