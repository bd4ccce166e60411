import { rupeesFromPaise } from '@reseller/money';
import { badGateway, forbidden, gone, unprocessable } from '@reseller/runtime';
import type { Business, Customer } from '../clients/auth.client.js';
import type { Quote } from '../clients/pricing.client.js';
import type { ShareLink } from '../clients/share-link.client.js';
import type { Account } from '../copies/account.js';
import type { PlaceOrderCommand } from './place-order.command.js';

/** The link decides who earns: active, not expired, and of the seller that the buyer names, if they name one. */
export function requireUsableLink(link: ShareLink, namedSellerId: string | null, now: Date): void {
  const isExpired = link.expiresAt !== null && new Date(link.expiresAt) <= now;
  if (!link.isActive || isExpired) throw gone('LINK_GONE', 'This share link has expired or was switched off.');
  if (namedSellerId !== null && namedSellerId !== link.sellerId) {
    throw unprocessable('PRICE_MISMATCH', 'The share link belongs to another seller.', { field: 'sellerId' });
  }
}

const customerUnknown = () => unprocessable('CUSTOMER_UNKNOWN', 'The business has no such customer.');

/**
 * Who may order for a customer: their own account, and for one without an account whoever is reached as they are. To
 * anybody else the customer does not exist. An administrator may order for every one of them.
 */
export function requireNameable(customer: Customer | undefined, command: PlaceOrderCommand): Customer {
  if (customer === undefined) throw customerUnknown();
  const { userId, placedBy } = command;
  if (placedBy.role === 'ADMIN') {
    if (customer.userId === null || userId === null || customer.userId === userId) return customer;
    throw unprocessable('CUSTOMER_MISMATCH', 'The customer’s account is another than the one that is ordered for.');
  }
  const isTheirs = customer.userId === null ? isReachedAs(customer, command) : customer.userId === userId;
  if (!isTheirs) throw customerUnknown();
  return customer;
}

function isReachedAs(customer: Customer, { phone, email }: PlaceOrderCommand): boolean {
  return (phone !== null && phone === customer.phone) || (email !== null && email === customer.email);
}

/**
 * An order shows who buys. So an administrator of one business orders for the accounts that have bought there before, and
 * for no others: of these the business knows nothing.
 */
export function requireOwnBuyer(
  { scope, userId }: PlaceOrderCommand,
  customer: Customer | null,
  customerIds: Readonly<Record<string, string>> | null,
): void {
  if (scope === null || userId === null || customer?.userId === userId) return;
  if (customerIds?.[scope] === undefined) throw customerUnknown();
}

export function requireCustomerOf(business: Business, customer: Customer | null): void {
  if (customer !== null && customer.businessId !== business.businessId) throw customerUnknown();
}

/** An access token outlives its account by minutes. Of a guest, and of who is not known here yet, there is no account. */
export function requireActiveBuyer(buyer: Account | null): void {
  if (buyer?.isActive === false) throw forbidden('ACCOUNT_DISABLED', 'This account has been disabled.');
}

export function requireActiveSeller(seller: Account | null): void {
  if (seller?.isActive === true && seller.roles.includes('RESELLER')) return;
  throw unprocessable('SELLER_NOT_ACTIVE', 'The seller is not an active reseller.');
}

/**
 * With a link the prices in the request are only compared, never used: the linked product has the link's price, every
 * other item its catalogue price. A link for a product that is not in the order earns nothing and is refused.
 */
export function requirePricesOfLink(link: ShareLink, command: PlaceOrderCommand, quote: Quote): void {
  if (link.productId !== null && !command.items.some((item) => item.productId === link.productId)) {
    throw unprocessable('PRICE_MISMATCH', 'The share link is for a product that is not in the order.', {
      field: 'shareLinkId',
      productId: link.productId,
    });
  }
  for (const [index, { sellerPricePaise, productId }] of command.items.entries()) {
    const unitPricePaise = quote.lines[index]?.unitPricePaise;
    if (sellerPricePaise === undefined || unitPricePaise === undefined) continue;
    if (sellerPricePaise !== BigInt(unitPricePaise)) {
      throw unprocessable('PRICE_MISMATCH', 'The price is not the one of the share link.', {
        field: `items.${index}.sellerPrice`,
        productId,
        expected: rupeesFromPaise(BigInt(unitPricePaise)),
        sent: rupeesFromPaise(sellerPricePaise),
      });
    }
  }
}

/** What the client showed its customer must be what we charge. */
export function requireExpectedTotal(expectedPaise: readonly bigint[], quote: Quote): void {
  const total = BigInt(quote.totalPaise);
  const wrong = expectedPaise.find((expected) => expected !== total);
  if (wrong === undefined) return;
  throw unprocessable('AMOUNT_MISMATCH', 'The amount in the request is not what the order costs.', {
    expected: rupeesFromPaise(total),
    sent: rupeesFromPaise(wrong),
  });
}

export function requireBusiness(command: PlaceOrderCommand, business: Business): void {
  const isNamed = command.businessId === null || command.businessId === business.businessId;
  if (!isNamed || (command.tenantId !== null && command.tenantId !== business.tenantId)) {
    throw unprocessable('BUSINESS_MISMATCH', 'The items belong to another business than the one named.');
  }
  if (!business.isActive) throw unprocessable('BUSINESS_INACTIVE', 'This business takes no orders at the moment.');
  if (command.paymentMethod === 'COD' && !business.settings.cashOnDelivery) {
    throw unprocessable('COD_NOT_AVAILABLE', 'This business does not accept cash on delivery.');
  }
}

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

/** Money is never stored that does not add up; the table checks it again. */
export function requireQuoteAddsUp(command: PlaceOrderCommand, quote: Quote): void {
  const { lines } = quote;
  const addsUp =
    lines.length === command.items.length &&
    lines.every((line, index) => line.quantity === command.items[index]?.quantity) &&
    sum(lines.map((line) => line.subtotalPaise)) === quote.subtotalPaise &&
    sum(lines.map((line) => line.discountPaise)) === quote.discountPaise &&
    sum(lines.map((line) => line.taxPaise)) === quote.taxPaise &&
    sum(lines.map((line) => line.commissionPaise)) === quote.commissionPaise &&
    sum(lines.map((line) => line.totalPaise)) + quote.shippingPaise === quote.totalPaise;
  if (!addsUp) throw badGateway('QUOTE_INCONSISTENT', 'The pricing service gave a quote that does not add up.');
}
