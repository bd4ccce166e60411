import { newId } from '@reseller/runtime';
import type { Business } from '../clients/auth.client.js';
import type { Quote, QuoteLine } from '../clients/pricing.client.js';
import type { OrderLine, OrderTerms } from './order-state.js';
import type { PlaceOrderCommand } from './place-order.command.js';
import type { PlacingContext } from './placing-context.js';

export interface Agreement {
  readonly id: string;
  readonly command: PlaceOrderCommand;
  readonly context: PlacingContext;
  readonly quote: Quote;
  readonly business: Business;
}

/** The order's terms: who buys, who earns, and what was quoted. */
export function termsOf({ id, command, context, quote, business }: Agreement): OrderTerms {
  const earnsNothing = isOwnPurchase(command, context) && !business.settings.selfPurchaseCommission;
  const { buyer } = context;
  const address = typeof command.shippingAddress === 'string' ? null : command.shippingAddress;
  return {
    id,
    orderNumber: context.orderNumber,
    businessId: business.businessId,
    tenantId: business.tenantId,
    userId: command.userId,
    customerId: command.customerId,
    sellerId: context.sellerId,
    shareLinkId: command.shareLinkId,
    buyerName: address?.name ?? fullNameOf(buyer),
    buyerEmail: command.email ?? buyer?.email ?? null,
    buyerPhone: command.phone ?? buyer?.phone ?? address?.phone ?? null,
    shippingAddress: command.shippingAddress,
    paymentMethod: command.paymentMethod,
    currency: quote.currency,
    pricesIncludeTax: quote.pricesIncludeTax,
    subtotalPaise: BigInt(quote.subtotalPaise),
    discountPaise: BigInt(quote.discountPaise),
    taxPaise: BigInt(quote.taxPaise),
    shippingPaise: BigInt(quote.shippingPaise),
    totalPaise: BigInt(quote.totalPaise),
    commissionPaise: earnsNothing ? 0n : BigInt(quote.commissionPaise),
    notes: command.notes,
    source: command.source,
    orderType: command.orderType,
    lines: quote.lines.map((line, index) => lineOf(line, index, earnsNothing)),
    createdAt: context.now,
  };
}

/** Nobody earns on their own purchase, unless the business lets resellers order for their customers. */
const isOwnPurchase = (command: PlaceOrderCommand, context: PlacingContext): boolean =>
  command.userId !== null && command.userId === context.sellerId;

function fullNameOf(account: PlacingContext['buyer']): string | null {
  const name = [account?.firstName, account?.lastName].filter((part) => typeof part === 'string').join(' ');
  return name === '' ? null : name;
}

function lineOf(line: QuoteLine, index: number, earnsNothing: boolean): OrderLine {
  return {
    id: newId(),
    position: index + 1,
    productId: line.productId,
    variantId: line.variantId,
    sku: line.sku,
    name: line.name,
    variantName: line.variantName,
    imageUrl: line.imageUrl,
    hsn: line.hsn,
    mrpPaise: line.mrpPaise === null ? null : BigInt(line.mrpPaise),
    quantity: line.quantity,
    basePricePaise: BigInt(line.basePricePaise),
    unitPricePaise: BigInt(line.unitPricePaise),
    subtotalPaise: BigInt(line.subtotalPaise),
    discountPaise: BigInt(line.discountPaise),
    taxRateBps: line.taxRateBps,
    taxPaise: BigInt(line.taxPaise),
    cgstPaise: BigInt(line.taxLegs.cgstPaise),
    sgstPaise: BigInt(line.taxLegs.sgstPaise),
    igstPaise: BigInt(line.taxLegs.igstPaise),
    totalPaise: BigInt(line.totalPaise),
    commissionPaise: earnsNothing ? 0n : BigInt(line.commissionPaise),
    fulfilledQuantity: 0,
    returnedQuantity: 0,
    refundedQuantity: 0,
  };
}
