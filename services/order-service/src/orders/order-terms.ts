import { newId } from '@reseller/runtime';
import type { Business } from '../clients/auth.client.js';
import type { Quote, QuoteLine } from '../clients/pricing.client.js';
import type { Account } from '../copies/account.js';
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
  const { buyer, shippingAddress } = context;
  const address = typeof shippingAddress === 'string' ? null : shippingAddress;
  // What the business knows of its customer is told to its administrators only.
  const customer = command.placedBy.role === 'ADMIN' ? context.customer : null;
  const email = command.email ?? customer?.email ?? buyer?.email ?? null;
  const phone = command.phone ?? customer?.phone ?? buyer?.phone ?? address?.phone ?? null;
  const earnsNothing = isOwnPurchase(context, { email, phone }) && !business.settings.selfPurchaseCommission;
  return {
    id,
    orderNumber: context.orderNumber,
    businessId: business.businessId,
    tenantId: business.tenantId,
    userId: context.userId,
    customerId: command.customerId ?? context.customerIds?.[business.businessId] ?? null,
    sellerId: context.sellerId,
    shareLinkId: command.shareLinkId,
    buyerName: customer?.name ?? address?.name ?? fullNameOf(buyer),
    buyerEmail: email,
    buyerPhone: phone,
    shippingAddress,
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

type Contact = Pick<Account, 'email' | 'phone'>;

/**
 * Nobody earns on their own purchase, unless the business lets resellers order for their customers. It is their own as a
 * guest or from a second account, too, where the buyer is reached under the seller's address or number.
 */
function isOwnPurchase({ userId, sellerId, seller, buyer }: PlacingContext, contact: Contact): boolean {
  if (userId !== null && userId === sellerId) return true;
  return seller !== null && [contact, buyer].some((reached) => reached !== null && isSamePerson(reached, seller));
}

/** Phones are E.164 wherever they are kept. */
function isSamePerson(one: Contact, other: Contact): boolean {
  const email = mailboxOf(one);
  return (email !== null && email === mailboxOf(other)) || (one.phone !== null && one.phone === other.phone);
}

const mailboxOf = ({ email }: Contact): string | null => email?.trim().toLowerCase() ?? null;

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
  };
}
