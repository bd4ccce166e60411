import { describe, expect, it } from '@jest/globals';
import { DEFAULT_BUSINESS_ID, DEFAULT_BUSINESS_SETTINGS, DEFAULT_TENANT_ID } from '@reseller/contracts';
import type { Account } from '../copies/account.js';
import { termsOf, type Agreement } from './order-terms.js';
import type { PlaceOrderCommand } from './place-order.command.js';
import type { PlacingContext } from './placing-context.js';

const NOW = new Date('2026-11-21T10:00:00.000Z');
const SELLER_ID = '0195f000-0000-7000-8000-00000000005e';
const BUYER_ID = '0195f000-0000-7000-8000-0000000000c1';
const PRODUCT_ID = '0195f000-0000-7000-8000-00000000000a';
const STRANGER = { email: 'guest@example.com', phone: '+919812345678' };

const account = (more: Partial<Account> = {}): Account => ({
  roles: ['RESELLER'],
  isActive: true,
  email: 'priya@example.com',
  firstName: 'Priya',
  lastName: 'Sharma',
  phone: '+919800000002',
  ...more,
});

const command = (more: Partial<PlaceOrderCommand>): PlaceOrderCommand => ({
  userId: null,
  customerId: null,
  sellerId: SELLER_ID,
  shareLinkId: null,
  businessId: null,
  tenantId: null,
  shippingAddress: '123 Main St',
  shippingAddressId: null,
  items: [{ productId: PRODUCT_ID, quantity: 2 }],
  couponCode: null,
  paymentMethod: 'RAZORPAY',
  email: null,
  phone: null,
  notes: null,
  source: null,
  orderType: null,
  expectedTotalPaise: [],
  placedBy: { role: 'CUSTOMER', id: null, reason: null },
  scope: null,
  ...more,
});

const LINE: Agreement['quote']['lines'][number] = {
  productId: PRODUCT_ID,
  variantId: '0195f000-0000-7000-8000-0000000000a1',
  sku: 'TSHIRT',
  name: 'T-shirt',
  variantName: null,
  imageUrl: null,
  hsn: null,
  mrpPaise: null,
  quantity: 2,
  basePricePaise: 100_000,
  unitPricePaise: 150_000,
  subtotalPaise: 300_000,
  discountPaise: 0,
  taxRateBps: 1_800,
  taxPaise: 45_763,
  taxLegs: { cgstPaise: 0, sgstPaise: 0, igstPaise: 45_763 },
  totalPaise: 300_000,
  commissionPaise: 30_000,
};

interface Purchase {
  readonly sent?: Partial<PlaceOrderCommand>;
  readonly known?: Partial<PlacingContext>;
  readonly selfPurchaseCommission?: boolean;
}

/** What the seller earns on an order that pricing quoted with a commission of ₹300: in all, and on its line. */
function earned({ sent = {}, known = {}, selfPurchaseCommission = false }: Purchase): bigint[] {
  const { commissionPaise, lines } = termsOf({
    id: '0195f000-0000-7000-8000-000000000001',
    command: command(sent),
    context: {
      now: NOW,
      orderNumber: 'ORD-2026-000001',
      userId: sent.userId ?? null,
      link: null,
      sellerId: SELLER_ID,
      seller: account(),
      buyer: null,
      customer: null,
      customerIds: null,
      shippingAddress: '123 Main St',
      ...known,
    },
    quote: {
      businessId: DEFAULT_BUSINESS_ID,
      currency: 'INR',
      pricesIncludeTax: true,
      subtotalPaise: 300_000,
      discountPaise: 0,
      taxPaise: 45_763,
      shippingPaise: 0,
      totalPaise: 300_000,
      commissionPaise: 30_000,
      lines: [LINE],
    },
    business: {
      businessId: DEFAULT_BUSINESS_ID,
      tenantId: DEFAULT_TENANT_ID,
      name: 'Default business',
      isActive: true,
      settings: { ...DEFAULT_BUSINESS_SETTINGS, selfPurchaseCommission },
    },
  });
  return [commissionPaise, ...lines.map((line) => line.commissionPaise)];
}

describe('a seller', () => {
  const second = (more: Partial<Account>): Purchase => ({
    sent: { ...STRANGER, userId: BUYER_ID },
    known: { buyer: account({ roles: ['CUSTOMER'], email: null, phone: null, ...more }) },
  });

  it.each<[string, Purchase]>([
    ['signed in', { sent: { ...STRANGER, userId: SELLER_ID } }],
    ['as a guest whose address the account has verified', { sent: STRANGER, known: { userId: SELLER_ID } }],
    ['as a guest under their own address', { sent: { ...STRANGER, email: 'priya@example.com' } }],
    ['as a guest under their own address in another spelling', { sent: { ...STRANGER, email: ' Priya@Example.COM ' } }],
    ['as a guest under their own number', { sent: { ...STRANGER, phone: '+919800000002' } }],
    ['from a second account with their own number', second({ phone: '+919800000002' })],
    ['from a second account, reached under their own number', { sent: { userId: BUYER_ID, phone: '+919800000002' } }],
  ])('earns nothing by buying %s', (_how, purchase) => {
    expect(earned(purchase)).toEqual([0n, 0n]);
    expect(earned({ ...purchase, selfPurchaseCommission: true })).toEqual([30_000n, 30_000n]);
  });

  it.each<[string, Purchase]>([
    ['a guest', { sent: STRANGER }],
    ['a customer', second({ email: 'rahul@example.com', phone: '+919800000004' })],
    ['somebody, when neither has a number or an address', { known: { seller: account({ email: null, phone: null }) } }],
  ])('earns on what is bought by %s', (_who, purchase) => {
    expect(earned(purchase)).toEqual([30_000n, 30_000n]);
  });
});
