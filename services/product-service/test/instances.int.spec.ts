import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  BusinessCreated,
  BusinessUpdated,
  DEFAULT_BUSINESS_SETTINGS,
  DEFAULT_TENANT_ID,
  eventOf,
  type DomainEvent,
} from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { eventually, watchStatements } from '@reseller/testing';
import { openEventWire, type EventWire } from './event-wire.js';
import { orderPaid } from './order-events.js';
import {
  ADMIN,
  createProduct,
  createStocked,
  reserve,
  startProductService,
  type Problem,
  type ProductService,
} from './product-fixture.js';

const statements = watchStatements();

let first: ProductService;
let second: ProductService;
let wire: EventWire;
beforeAll(async () => {
  first = await startProductService();
  second = await startProductService({ db: first.db, broker: first.broker });
  wire = await openEventWire(first);
});
afterAll(async () => {
  await wire.close();
  await second.stop();
  await first.stop();
});

describe('two instances', () => {
  it('show a change at once where it was made, and soon on the other one', async () => {
    const { id } = await createProduct(first.client);
    const nameAt = async (service: ProductService) =>
      (await service.client.anonymous().get<{ name: string }>(`/products/${id}`)).body.name;
    await Promise.all([nameAt(first), nameAt(second)]);
    await first.client.as(ADMIN).patch(`/products/${id}`, { name: 'Changed' });
    expect(await nameAt(first)).toBe('Changed');
    await eventually(async () => (await nameAt(second)) === 'Changed', { timeoutMs: 4_000 });
  });

  it('give the last pieces of a variant to no more buyers than there are, together', async () => {
    const { variantId } = await createStocked(first.client, 5);
    const buyers = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? first : second));
    const answers = await Promise.all(
      buyers.map(({ client }) => reserve(client, newId(), [{ variantId, quantity: 1 }])),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(35);
  });
});

describe('businesses', () => {
  const business = (
    businessId: string,
    aggregateVersion: number,
    change: { name?: string; isActive?: boolean } = {},
  ): DomainEvent => {
    const data = {
      businessId,
      tenantId: DEFAULT_TENANT_ID,
      name: 'B',
      isActive: true,
      settings: DEFAULT_BUSINESS_SETTINGS,
      ...change,
    };
    const definition = aggregateVersion === 1 ? BusinessCreated : BusinessUpdated;
    return eventOf(definition, {
      aggregateId: businessId,
      aggregateVersion,
      businessId,
      occurredAt: new Date(0),
      data,
    });
  };

  const sell = (businessId: string) =>
    first.client.as(ADMIN).post<Problem>('/products', { name: 'Theirs', basePrice: 1, businessId });

  it('may sell once they are heard of and while they are active', async () => {
    const id = newId();
    expect((await sell(id)).body.code).toBe('BUSINESS_UNKNOWN');
    await wire.deliver(business(id, 1));
    expect((await sell(id)).status).toBe(201);
    await wire.deliver(business(id, 2, { isActive: false }));
    expect((await sell(id)).body.code).toBe('BUSINESS_UNKNOWN');
  });

  it('may sell before their event has arrived, for auth is asked; what the event says later holds', async () => {
    const id = newId();
    const answer = { businessId: id, tenantId: DEFAULT_TENANT_ID, name: 'B', version: 1 };
    first.auth.answers.set(`/internal/businesses/${id}`, { ...answer, isActive: false });
    expect((await sell(id)).body.code).toBe('BUSINESS_UNKNOWN');
    await wire.deliver(business(id, 2));
    expect((await sell(id)).status).toBe(201);

    const other = newId();
    first.auth.answers.set(`/internal/businesses/${other}`, { ...answer, businessId: other, isActive: true });
    expect((await sell(other)).status).toBe(201);
    first.auth.answers.delete(`/internal/businesses/${other}`);
    expect((await sell(other)).status).toBe(201);
    await wire.deliver(business(other, 2, { isActive: false }));
    expect((await sell(other)).body.code).toBe('BUSINESS_UNKNOWN');
  });

  it('are kept as the newest event says, whatever comes late or twice', async () => {
    const id = newId();
    const newest = business(id, 3, { name: 'Newest' });
    await wire.deliver(newest);
    await wire.deliver(business(id, 2, { name: 'Late' }));
    await wire.deliver(business(id, 1, { name: 'First' }));
    await wire.tell(newest);
    const rows = await first.db.query('select name, version from businesses where id = $1', [id]);
    expect(rows).toEqual([{ name: 'Newest', version: 3n }]);
  });
});

describe('the purchase’s steps', () => {
  it('cost two statements to reserve and one to be turned away', async () => {
    const { variantId } = await createStocked(first.client, 5);
    const reserving = (quantity: number) =>
      statements.during(() => reserve(first.client, newId(), [{ variantId, quantity }]));
    expect(await reserving(1)).toHaveLength(2);
    expect(await reserving(50)).toHaveLength(1);
  });

  it('cost four statements to convert besides the inbox row: lock, lines, stock, status', async () => {
    const { variantId } = await createStocked(first.client, 5);
    const items = [{ variantId, quantity: 1 }];
    const orderId = newId();
    await reserve(first.client, orderId, items);
    const paid = orderPaid(orderId, items);
    await wire.deliver(paid);
    expect(statements.of(paid.id)).toHaveLength(4);
  });
});
