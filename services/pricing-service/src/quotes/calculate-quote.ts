import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, notFound, unprocessable, type Clock } from '@reseller/runtime';
import { BusinessCopies } from '../business-copies/business-copies.js';
import { CommissionRulesInForce } from '../commission-rules/commission-rules-in-force.js';
import { ProductCopies } from '../product-copies/product-copies.js';
import type { PricedProduct } from '../product-copies/product-copy.js';
import { TaxRatesInForce } from '../tax-rates/tax-rates-in-force.js';
import { priceQuote, type Quote, type QuoteRequest } from './quote.js';

export interface CalculateQuoteCommand extends QuoteRequest {
  /** Where it is known already; products of another business are refused. */
  readonly businessId: string | null;
}

/** Gathers what a quote is made from, all of it from memory when warm, and prices it. */
@Injectable()
export class CalculateQuote {
  constructor(
    private readonly products: ProductCopies,
    private readonly businesses: BusinessCopies,
    private readonly rules: CommissionRulesInForce,
    private readonly taxRates: TaxRatesInForce,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(command: CalculateQuoteCommand): Promise<Quote> {
    const products = await this.products.find(command.items);
    const businessId = oneBusinessOf(command, products);
    const [settings, rules, taxRates] = await Promise.all([
      this.businesses.settingsOf(businessId),
      this.rules.all(),
      this.taxRates.all(),
    ]);
    return priceQuote(command, { products, businessId, settings, rules, taxRates }, this.clock.now());
  }
}

function oneBusinessOf(command: CalculateQuoteCommand, products: ReadonlyMap<string, PricedProduct>): string {
  const businessIds = new Set<string>();
  for (const { productId } of command.items) {
    const product = products.get(productId);
    if (product === undefined) throw notFound('PRODUCT_NOT_FOUND', 'There is no such product.', { productId });
    businessIds.add(product.businessId);
  }
  const [businessId, ...others] = businessIds;
  if (businessId === undefined || others.length > 0) {
    throw unprocessable('MIXED_BUSINESSES', 'The products of one order must be of one business.');
  }
  if (command.businessId !== null && command.businessId !== businessId) {
    throw unprocessable('MIXED_BUSINESSES', 'These products are not of the business that businessId names.', {
      businessId: command.businessId,
    });
  }
  return businessId;
}
