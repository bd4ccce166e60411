import { deepEqual, equal } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { eventually, type TestClient, type TestResponse } from '@reseller/testing';
import type { Platform } from './platform.js';

/** What the stories read of the API's answers. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly roles: readonly string[];
}
export interface Session {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly user: User;
}
export interface Product {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly businessId: string;
  readonly version: number;
  readonly variants: readonly { readonly id: string; readonly stock: number; readonly available: number }[];
}
export interface Link {
  readonly id: string;
  readonly code: string;
}
export interface Order {
  readonly id: string;
  readonly orderNumber: string;
  readonly userId: string | null;
  readonly sellerId: string | null;
  readonly status: string;
  readonly paymentStatus: string;
  readonly paymentId: string | null;
  readonly subtotal: number;
  readonly taxTotal: number;
  readonly shippingTotal: number;
  readonly total: number;
  readonly refundedTotal: number;
  readonly commission: number;
  readonly orderToken?: string;
}
export interface Payment {
  readonly id: string;
  readonly status: string;
  readonly amount: number;
  readonly razorpayPaymentId: string | null;
  readonly refundedAmount: number;
}
export interface RazorpayOrder {
  readonly id: string;
}
export interface Paid {
  readonly razorpay_payment_id: string;
  readonly razorpay_order_id: string;
  readonly razorpay_signature: string;
}
export interface Wallet {
  readonly pendingBalance: number;
  readonly availableBalance: number;
  readonly payoutInTransit: number;
  readonly receivable: number;
  readonly totalEarnings: number;
}
export interface Refund {
  readonly id: string;
  readonly amount: number;
  readonly status: string;
  readonly cause: string;
  readonly settlesOrder: boolean;
}
export interface List<Item> {
  readonly data: readonly Item[];
  readonly total: number;
}
export interface Problem {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly message: string;
  readonly details?: { readonly items?: readonly { readonly available: number; readonly requested: number }[] };
}

export interface Person {
  readonly api: TestClient;
  readonly user: User;
  readonly session: Session;
}

const PASSWORD = 'password123';
export const ADDRESS = '123 Main St, City, Country';

/** The body of an answer that must have this status; the whole answer is shown when it has not. */
export function bodyOf<T>(answer: TestResponse<T>, status: number): T {
  equal(answer.status, status, `must answer ${status}, answers ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export const unique = (): string => randomBytes(5).toString('hex');

/** People, goods and purchases on a platform, made through its API. */
export class Shop {
  constructor(private readonly platform: Platform) {}

  personOf(session: Session): Person {
    const api = this.platform.api.with({ authorization: `Bearer ${session.accessToken}` });
    return { api, user: session.user, session };
  }

  async signIn(email: string): Promise<Person> {
    return this.personOf(
      bodyOf(await this.platform.api.post<Session>('/auth/login', { email, password: PASSWORD }), 200),
    );
  }

  admin(): Promise<Person> {
    return this.signIn('admin@example.com');
  }

  /** A new person; a reseller's wallet is there when this answers. */
  async register(role: 'CUSTOMER' | 'RESELLER'): Promise<Person> {
    const body = {
      email: `${role}.${unique()}@example.com`.toLowerCase(),
      password: PASSWORD,
      firstName: 'Kavya',
      role,
    };
    const person = this.personOf(bodyOf(await this.platform.api.post<Session>('/auth/register', body), 201));
    if (role === 'RESELLER')
      await eventually(async () => bodyOf(await person.api.get(`/wallets/${person.user.id}`), 200));
    return person;
  }

  async product(admin: Person, { stock = 100, basePrice = 1000, ...more }: ProductWish = {}): Promise<Product> {
    const body = { name: `Product ${unique()}`, basePrice, stock, ...more };
    return bodyOf(await admin.api.post<Product>('/products', body), 201);
  }

  async link(reseller: Person, product: Product, sellerPrice = 1500): Promise<Link> {
    return bodyOf(await reseller.api.post<Link>('/share-links', { productId: product.id, sellerPrice }), 201);
  }

  async order(buyer: { readonly api: TestClient }, { product, quantity = 2, ...more }: OrderWish): Promise<Order> {
    const body = { shippingAddress: ADDRESS, items: [{ productId: product.id, quantity }], ...more };
    return bodyOf(await buyer.api.post<Order>('/orders', body), 201);
  }

  async openPayment(
    buyer: { readonly api: TestClient },
    order: Order,
  ): Promise<{ payment: Payment; razorpayOrder: RazorpayOrder }> {
    const opened = await buyer.api.post<{ payment: Payment; razorpayOrder: RazorpayOrder }>(
      '/payments/razorpay/create-order',
      { orderId: order.id },
    );
    return bodyOf(opened, 201);
  }

  /** What the customer does in Razorpay's checkout. */
  async pay(razorpayOrder: RazorpayOrder, wish: PayWish = {}): Promise<Paid> {
    const path = `/sandbox/orders/${razorpayOrder.id}/pay`;
    return bodyOf(await this.platform.sandbox.post<Paid>(path, { outcome: 'success', ...wish }), 200);
  }

  /** A buyer's order, paid for through checkout and the webhook. */
  async purchase(buyer: { readonly api: TestClient }, wish: OrderWish): Promise<Order> {
    const order = await this.order(buyer, wish);
    const { razorpayOrder } = await this.openPayment(buyer, order);
    await this.pay(razorpayOrder);
    return this.orderIn('PAID', buyer, order);
  }

  orderIn(status: string, reader: { readonly api: TestClient }, { id }: Pick<Order, 'id'>): Promise<Order> {
    return eventually(
      async () => {
        const order = bodyOf(await reader.api.get<Order>(`/orders/${id}`), 200);
        equal(order.status, status);
        return order;
      },
      { timeoutMs: 20_000 },
    );
  }

  walletOf(reseller: Person, expected: Partial<Wallet>): Promise<Wallet> {
    return eventually(
      async () => {
        const wallet = bodyOf(await reseller.api.get<Wallet>(`/wallets/${reseller.user.id}`), 200);
        deepEqual({ ...wallet, ...expected }, wallet);
        return wallet;
      },
      { timeoutMs: 20_000 },
    );
  }

  async stockOf(product: Product): Promise<{ stock: number; available: number }> {
    const path = `/products/${product.id}/stock/check?quantity=1`;
    const answer = await this.platform.api.get<{ stockQuantity: number; availableStock: number }>(path);
    const { stockQuantity, availableStock } = bodyOf(answer, 200);
    return { stock: stockQuantity, available: availableStock };
  }

  stockBecomes(product: Product, expected: { stock: number; available: number }): Promise<void> {
    return eventually(async () => deepEqual(await this.stockOf(product), expected), { timeoutMs: 20_000 });
  }

  async shipAndDeliver(admin: Person, order: Order): Promise<void> {
    bodyOf(await admin.api.patch(`/orders/${order.id}/ship`, { carrier: 'India Post', trackingNumber: 'EX123' }), 200);
    bodyOf(await admin.api.patch(`/orders/${order.id}/deliver`, {}), 200);
  }
}

interface ProductWish {
  readonly stock?: number;
  readonly basePrice?: number;
  readonly businessId?: string;
  readonly taxRatePercent?: number;
}

interface OrderWish {
  readonly product: Product;
  readonly quantity?: number;
  readonly sellerId?: string;
  readonly shareLinkId?: string;
  readonly paymentMethod?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly shippingAddress?: unknown;
}

export interface PayWish {
  readonly outcome?: 'success' | 'failure' | 'late-success';
  readonly lateAfterMs?: number;
  readonly webhooks?: Readonly<Record<string, unknown>>;
  readonly amount?: number;
}
