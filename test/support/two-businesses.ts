import { DEFAULT_BUSINESS_ID } from '@reseller/contracts';
import { eventually } from '@reseller/testing';
import { bodyOf, unique, type List, type Order, type Payment, type Person, type Shop } from './shop.js';

/** One of everything that a business has, with an id for every path that names one. */
export interface Trader {
  readonly businessId: string;
  /** An administrator of this business alone. */
  readonly admin: Person;
  /** Stands in the names of its things, for searching. */
  readonly mark: string;
  readonly ids: Readonly<Record<string, string>>;
  /** Ids, order numbers, addresses and names that are this business's: none may be shown to another. */
  readonly marks: ReadonlySet<string>;
  /** Those of the marks that are its people's. */
  readonly people: ReadonlySet<string>;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const ORDER_NUMBER = /ORD-\d{4}-\d{6}/g;

interface Made {
  readonly id: string;
}

/** The default business, which is the one that everything without a name falls to. */
export function defaultTrader(shop: Shop, platformAdmin: Person): Promise<Trader> {
  return new Trading(shop, platformAdmin).trade(DEFAULT_BUSINESS_ID);
}

export async function newTrader(shop: Shop, platformAdmin: Person): Promise<Trader> {
  const opened = await platformAdmin.api.post<Made>('/businesses', { name: `Business ${unique()}` });
  return new Trading(shop, platformAdmin).trade(bodyOf(opened, 201).id);
}

class Trading {
  private readonly mark = `mark${unique()}`;
  private readonly marks = new Set<string>([this.mark]);
  private readonly people = new Set<string>();

  constructor(
    private readonly shop: Shop,
    private readonly platformAdmin: Person,
  ) {}

  async trade(businessId: string): Promise<Trader> {
    this.note(businessId);
    const admin = await this.member('CUSTOMER', businessId, ['ADMIN']);
    const [reseller, buyer] = [await this.member('RESELLER', businessId), await this.member('CUSTOMER', businessId)];
    const goods = await this.goods(admin);
    const customer = this.note(
      bodyOf(
        await admin.api.post<Made>('/customers', {
          name: `${this.mark} Asha`,
          phone: `9${Date.now() % 1_000_000_000}`.padEnd(10, '0'),
        }),
        201,
      ),
    );
    const rule = this.note(
      bodyOf(
        await admin.api.post<Made>('/pricing/commission-rules', {
          scope: 'product',
          scopeId: goods.product.id,
          basis: 'SALE',
          rate: 10,
        }),
        201,
      ),
    );
    const link = this.note(await this.shop.link(reseller, goods.product));
    const sold = await this.sell(admin, reseller, buyer, { product: goods.product, shareLinkId: link.id });
    const ids = {
      business: businessId,
      user: buyer.user.id,
      seller: reseller.user.id,
      customer: customer.id,
      rule: rule.id,
      link: link.code,
      product: goods.product.id,
      slug: goods.product.slug,
      variant: goods.variantId,
      import: goods.importId,
      category: goods.category.id,
      ...sold,
    };
    Object.values(ids).forEach((id) => this.marks.add(id));
    return { businessId, admin, mark: this.mark, ids, marks: this.marks, people: this.people };
  }

  private note<T>(answer: T): T {
    const text = JSON.stringify(answer);
    for (const found of [...(text.match(UUID) ?? []), ...(text.match(ORDER_NUMBER) ?? [])]) this.marks.add(found);
    return answer;
  }

  /** Somebody of this business; the token says so only from the next sign-in on. */
  private async member(role: 'CUSTOMER' | 'RESELLER', businessId: string, roles: string[] = [role]): Promise<Person> {
    const { user } = await this.shop.register(role);
    const path = `/admin/users/${user.id}`;
    bodyOf(await this.platformAdmin.api.patch(path, { roles, businessId, lastName: this.mark }), 200);
    for (const mark of [user.id, user.email]) {
      this.marks.add(mark);
      this.people.add(mark);
    }
    return this.shop.signIn(user.email);
  }

  private async goods(admin: Person) {
    const category = this.note(bodyOf(await admin.api.post<Made>('/categories', { name: `${this.mark} things` }), 201));
    const body = {
      name: `${this.mark} product`,
      basePrice: 1000,
      stock: 5,
      lowStockThreshold: 4,
      categoryId: category.id,
    };
    const product = this.note(
      bodyOf(await admin.api.post<Awaited<ReturnType<Shop['product']>>>('/products', body), 201),
    );
    const variantId = product.variants[0]?.id ?? '';
    const adjustment = { variantId, delta: -1, reason: 'DAMAGED' };
    this.note(bodyOf(await admin.api.post('/inventory/adjustments', adjustment), 201));
    const csv = `sku,name,basePrice\n${this.mark},${this.mark} imported,10\n`;
    const imported = await admin.api.post<{ id: string }>('/products/import', csv, { 'content-type': 'text/csv' });
    return { category, product, variantId, importId: this.note(bodyOf(imported, 202)).id };
  }

  /** Paid, delivered, partly refunded, and its commission asked for. */
  private async sell(admin: Person, reseller: Person, buyer: Person, wish: Parameters<Shop['order']>[1]) {
    const order: Order = this.note(await this.shop.purchase(buyer, wish));
    await this.shop.shipAndDeliver(admin, order);
    const [payment] = this.note(bodyOf(await buyer.api.get<List<Payment>>(`/payments?orderId=${order.id}`), 200)).data;
    const refund = this.note(
      bodyOf(await admin.api.post<Made>(`/payments/${payment?.id}/refund`, { amount: 10, reason: 'Scratch' }), 201),
    );
    const payout = await eventually(async () => {
      const asked = await reseller.api.post<Made>(`/wallets/${reseller.user.id}/payouts`, { amount: 50 });
      return bodyOf(asked, 201);
    });
    const reservations = await admin.api.get<List<{ reservationId: string }>>(`/reservations?orderId=${order.id}`);
    const reconciled = await admin.api.post<Made>('/admin/payments/reconcile', { orderId: order.id });
    const webhooks = await admin.api.get<List<Made>>('/admin/payments/webhooks');
    return {
      order: order.id,
      payment: payment?.id ?? '',
      refund: this.note(refund).id,
      payout: this.note(payout).id,
      reservation: bodyOf(reservations, 200).data[0]?.reservationId ?? '',
      // Still at work where the machine is slow.
      reconciliation: this.note(bodyOf(reconciled, reconciled.status === 202 ? 202 : 200)).id,
      webhook: bodyOf(webhooks, 200).data[0]?.id ?? '',
    };
  }
}
