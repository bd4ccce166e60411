import { Controller, Get, Param, Query } from '@nestjs/common';
import { Public, Returns, uuid } from '@reseller/http';
import { ProductPricing } from './product-pricing.js';
import {
  productPricingQuery,
  productPricingView,
  toProductPricingView,
  type ProductPricingParams,
} from './product-pricing.schemas.js';

@Controller('pricing/product')
export class ProductPricingController {
  constructor(private readonly pricing: ProductPricing) {}

  @Get(':productId')
  @Public()
  @Returns(productPricingView, { description: 'Base prices, price limits and the commission that would apply' })
  async show(
    @Param('productId', { schema: uuid() }) productId: string,
    @Query({ schema: productPricingQuery }) query: ProductPricingParams,
  ) {
    const { sellerId = null, sellerPrice: sellerPricePaise = null } = query;
    return toProductPricingView(await this.pricing.find({ productId, sellerId, sellerPricePaise }));
  }
}
