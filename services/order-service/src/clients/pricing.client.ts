import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ServiceClient } from '@reseller/http';
import { z } from 'zod';
import { CONFIG, type OrderServiceConfig } from '../order-service.config.js';
import { clientOf } from './service-clients.js';

const paise = () => z.int().nonnegative();

const quoteLineSchema = z.object({
  productId: z.uuid(),
  variantId: z.uuid(),
  sku: z.string(),
  name: z.string(),
  variantName: z.string().nullable(),
  imageUrl: z.string().nullable(),
  hsn: z.string().nullable(),
  mrpPaise: paise().nullable(),
  quantity: z.int().positive(),
  basePricePaise: paise(),
  unitPricePaise: paise(),
  subtotalPaise: paise(),
  discountPaise: paise(),
  taxRateBps: z.int().nonnegative(),
  taxPaise: paise(),
  taxLegs: z.object({ cgstPaise: paise(), sgstPaise: paise(), igstPaise: paise() }),
  totalPaise: paise(),
  commissionPaise: paise(),
});

const quoteSchema = z.object({
  businessId: z.uuid(),
  currency: z.literal('INR'),
  pricesIncludeTax: z.boolean(),
  subtotalPaise: paise(),
  discountPaise: paise(),
  taxPaise: paise(),
  shippingPaise: paise(),
  totalPaise: paise(),
  commissionPaise: paise(),
  lines: z.array(quoteLineSchema),
});

export type Quote = z.infer<typeof quoteSchema>;
export type QuoteLine = z.infer<typeof quoteLineSchema>;

export interface QuoteRequest {
  readonly businessId?: string | undefined;
  readonly sellerId?: string | undefined;
  readonly buyerUserId?: string | undefined;
  readonly link?: { readonly sellerPricePaise: number | null; readonly productId: string | null } | undefined;
  readonly destinationState?: string | undefined;
  readonly items: readonly {
    readonly productId: string;
    readonly variantId?: string | undefined;
    readonly quantity: number;
    readonly sellerPricePaise?: number | undefined;
  }[];
}

/** The pricing service: what the items cost, with tax and commission. It alone calculates. */
@Injectable()
export class PricingClient implements OnApplicationShutdown {
  private readonly client: ServiceClient;

  constructor(@Inject(CONFIG) config: OrderServiceConfig) {
    this.client = clientOf('pricing', config);
  }

  /** @throws what pricing refuses: PRODUCT_NOT_FOUND, PRODUCT_INACTIVE, VARIANT_REQUIRED, PRICE_BELOW_BASE, … */
  quote(request: QuoteRequest): Promise<Quote> {
    return this.client.post('/internal/quotes', request, quoteSchema, { idempotent: true });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }
}
