import { Module, type DynamicModule } from '@nestjs/common';
import { HttpEdgeModule } from '@reseller/http';
import { MessagingModule } from '@reseller/messaging';
import { DeleteOldTombstones, openDatabase } from '@reseller/persistence';
import type { Logger } from '@reseller/runtime';
import { BusinessCopiesConsumer } from './business-copies/business-copies.consumer.js';
import { BusinessCopies } from './business-copies/business-copies.js';
import { BusinessCopyRepository } from './business-copies/business-copy.repository.js';
import { AuthClient } from './clients/auth.client.js';
import { ProductClient } from './clients/product.client.js';
import { ChangeCommissionRule } from './commission-rules/change-commission-rule.js';
import { CommissionRulesController } from './commission-rules/commission-rules.controller.js';
import { CommissionRuleQueries } from './commission-rules/commission-rules.queries.js';
import { CreateCommissionRule } from './commission-rules/create-commission-rule.js';
import { DeleteCommissionRule } from './commission-rules/delete-commission-rule.js';
import { CommissionRulesInForce } from './commission-rules/commission-rules-in-force.js';
import { PrismaClient } from './generated/prisma/client.js';
import { CheckMargin } from './margins/check-margin.js';
import { MarginsController } from './margins/margins.controller.js';
import { CONFIG, type PricingServiceConfig } from './pricing-service.config.js';
import { ProductCopiesConsumer } from './product-copies/product-copies.consumer.js';
import { ProductCopies } from './product-copies/product-copies.js';
import { PRODUCT_COPIES, ProductCopyRepository } from './product-copies/product-copy.repository.js';
import { CalculateQuote } from './quotes/calculate-quote.js';
import { InternalQuotesController } from './quotes/internal-quotes.controller.js';
import { ProductPricingController } from './quotes/product-pricing.controller.js';
import { ProductPricing } from './quotes/product-pricing.js';
import { QuotesController } from './quotes/quotes.controller.js';
import { ChangeTaxRate } from './tax-rates/change-tax-rate.js';
import { CreateTaxRate } from './tax-rates/create-tax-rate.js';
import { TaxRatesController } from './tax-rates/tax-rates.controller.js';
import { TaxRateQueries } from './tax-rates/tax-rates.queries.js';
import { TaxRatesInForce } from './tax-rates/tax-rates-in-force.js';

@Module({})
export class PricingServiceModule {
  static forRoot(config: PricingServiceConfig, logger: Logger): DynamicModule {
    const database = openDatabase((adapter) => new PrismaClient({ adapter }), {
      url: config.DATABASE_URL,
      poolSize: config.DATABASE_POOL_SIZE,
      service: 'pricing-service',
      adapter: config.DATABASE_ADAPTER,
      neonProxy: config.NEON_WS_PROXY,
    });
    return {
      module: PricingServiceModule,
      imports: [
        HttpEdgeModule.forService({ name: 'pricing-service', config, logger, database }),
        MessagingModule.forService({ service: 'pricing', ...config }),
      ],
      controllers: [
        QuotesController,
        InternalQuotesController,
        ProductPricingController,
        MarginsController,
        CommissionRulesController,
        TaxRatesController,
        ProductCopiesConsumer,
        BusinessCopiesConsumer,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        CalculateQuote,
        ProductPricing,
        CheckMargin,
        CommissionRulesInForce,
        CreateCommissionRule,
        ChangeCommissionRule,
        DeleteCommissionRule,
        CommissionRuleQueries,
        TaxRatesInForce,
        CreateTaxRate,
        ChangeTaxRate,
        TaxRateQueries,
        ProductCopies,
        ProductCopyRepository,
        {
          provide: DeleteOldTombstones,
          useValue: new DeleteOldTombstones(PRODUCT_COPIES, database, config.PRODUCT_TOMBSTONE_RETENTION, logger),
        },
        BusinessCopies,
        BusinessCopyRepository,
        ProductClient,
        AuthClient,
      ],
    };
  }
}
