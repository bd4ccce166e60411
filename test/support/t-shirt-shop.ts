import { equal } from 'node:assert/strict';
import { expect } from '@jest/globals';
import { eventually, type TestClient } from '@reseller/testing';
import pg from 'pg';
import type { Platform } from './platform.js';
import { bodyOf, unique, type List, type Order, type Person, type Product, type Shop } from './shop.js';

export const PATIENT = { timeoutMs: 20_000 };

export const instant = (): unknown => expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

export interface Opened {
  readonly id: string;
  readonly razorpayOrder: { readonly id: string; readonly amount: number };
}

interface People {
  readonly admin: Person;
  readonly customer: Person;
}

export const variantOf = (product: Product): string => product.variants[0]?.id ?? '';

/** Seed 000's shop: a T-shirt at 999 without tax, GST of 18 %, shipping for 50; two of them make 2407.64. */
export class TShirtShop {
  constructor(
    private readonly platform: Platform,
    private readonly shop: Shop,
    private readonly people: People,
  ) {}

  /** A business that sells as 000's does, and its T-shirt: blue and large, 50 in stock, 5 of them promised. */
  async tShirt(settings: Readonly<Record<string, unknown>> = {}): Promise<Product> {
    const { admin } = this.people;
    const business = await admin.api.post<{ id: string }>('/businesses', {
      name: `Business ${unique()}`,
      settings: { pricesIncludeTax: false, defaultTaxRatePercent: 18, shippingFee: 50, ...settings },
    });
    const body = tShirtBody(bodyOf(business, 201).id);
    // Product and pricing hear of a business a moment later.
    const made = async (): Promise<Product> => bodyOf(await admin.api.post<Product>('/products', body), 201);
    const product = await eventually(made, PATIENT);
    await eventually(async () => {
      const asked = { items: [{ productId: product.id, quantity: 2 }] };
      const { total } = bodyOf(await this.platform.api.post<{ total: number }>('/pricing/calculate', asked), 200);
      equal(total, 2407.64);
    }, PATIENT);
    await this.shop.order(await this.shop.register('CUSTOMER'), { product, quantity: 5 });
    return product;
  }

  stockBecomes(product: Product, stockQuantity: number, reservedStock: number): Promise<void> {
    const path = `/products/${product.id}/stock/check?variantId=${variantOf(product)}`;
    const expected = {
      productId: product.id,
      variantId: variantOf(product),
      productName: 'Premium Cotton T-Shirt',
      variantDetails: 'Blue / Large',
      stockQuantity,
      reservedStock,
      availableStock: stockQuantity - reservedStock,
      inStock: true,
    };
    return eventually(
      async () => expect(bodyOf(await this.people.admin.api.get(path), 200)).toMatchObject(expected),
      PATIENT,
    );
  }

  async reservationOf(order: Order): Promise<unknown> {
    return bodyOf(await this.people.admin.api.get<List<unknown>>(`/reservations?orderId=${order.id}`), 200).data[0];
  }

  orderBecomes(order: Order, expected: object): Promise<void> {
    return eventually(
      async () =>
        expect(bodyOf(await this.people.customer.api.get(`/orders/${order.id}`), 200)).toMatchObject(expected),
      PATIENT,
    );
  }

  /** Two T-shirts, as 000 orders them. */
  requestFor(product: Product): Readonly<Record<string, unknown>> {
    return {
      businessId: product.businessId,
      orderType: 'product',
      source: 'whatsapp',
      items: [{ productId: product.id, variantId: variantOf(product), quantity: 2, sellerPrice: 999.0 }],
      shippingAddress: {
        line1: '123, MG Road, Bangalore',
        city: 'Bangalore',
        state: 'Karnataka',
        pincode: '560001',
        phone: '919876543210',
      },
      total: 2407.64,
    };
  }

  /** @param by who orders, for which customer of the business; the customer of the story unless told. */
  async orderTwo(
    product: Product,
    by: { api: TestClient; customerId?: string } = this.people.customer,
  ): Promise<Order> {
    const named = by.customerId === undefined ? {} : { customerId: by.customerId };
    return bodyOf(await by.api.post<Order>('/orders', { ...this.requestFor(product), ...named }), 201);
  }

  async openPayment(order: Order): Promise<Opened> {
    const body = { orderId: order.id, amount: 2407.64, currency: 'INR' };
    return bodyOf(await this.people.customer.api.post<Opened>('/payments', body), 201);
  }

  webhookIsProcessed(razorpayPaymentId: string): Promise<void> {
    const path = `/admin/payments/webhooks?razorpayPaymentId=${razorpayPaymentId}&event=payment.captured`;
    const expected = { eventType: 'payment.captured', status: 'PROCESSED', processedAt: instant() };
    return eventually(
      async () =>
        expect(bodyOf(await this.people.admin.api.get<List<unknown>>(path), 200).data).toMatchObject([expected]),
      PATIENT,
    );
  }

  /** Two T-shirts, ordered and paid for. */
  async purchase(product: Product): Promise<Order> {
    const order = await this.orderTwo(product);
    await this.shop.pay((await this.openPayment(order)).razorpayOrder);
    return this.shop.orderIn('PAID', this.people.customer, order);
  }

  /** Processing, shipped with a number, delivered. */
  async deliver({ id }: Order): Promise<void> {
    const { api } = this.people.admin;
    const at = `/orders/${id}`;
    expect(bodyOf(await api.patch(`${at}/status`, { status: 'processing' }), 200)).toMatchObject({
      status: 'PROCESSING',
    });
    expect(bodyOf(await api.patch(`${at}/ship`, { tracking_number: 'TRACK123456' }), 200)).toMatchObject({
      status: 'SHIPPED',
      trackingNumber: 'TRACK123456',
    });
    expect(bodyOf(await api.patch(`${at}/deliver`), 200)).toMatchObject({ status: 'DELIVERED' });
  }

  /** As if the fifteen minutes were over: nobody waits for them here. */
  async letTheWindowPass({ id }: Order): Promise<void> {
    const client = new pg.Client({ connectionString: this.platform.databaseUrls.order });
    await client.connect();
    await client.query(`update orders set payment_expires_at = now() - interval '1 second' where id = $1`, [id]);
    await client.end();
  }
}

const tShirtBody = (businessId: string) => ({
  name: 'Premium Cotton T-Shirt',
  basePrice: 999,
  businessId,
  variants: [
    {
      sku: `TSHIRT-BLUE-L-${unique()}`,
      price: 999,
      stock: 50,
      optionValues: [
        { optionName: 'Color', value: 'Blue' },
        { optionName: 'Size', value: 'Large' },
      ],
    },
  ],
});
