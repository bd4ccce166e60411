import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventOf, UserUpdated, type DomainEvent } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { eventPeer, eventually, untilHandled, type EventPeer } from '@reseller/testing';
import { startShareLinks, type ShareLinkFixture } from './share-link-fixture.js';

let service: ShareLinkFixture;
let auth: EventPeer;
beforeAll(async () => {
  service = await startShareLinks({ LINK_CACHE_TTL: '1ms' });
  auth = await eventPeer('auth', service.broker);
});
afterAll(async () => {
  await auth.close();
  await service.stop();
});

const account = (userId: string, version: number, said: { isActive?: boolean; roles?: readonly string[] }) =>
  eventOf(UserUpdated, {
    aggregateId: userId,
    aggregateVersion: version,
    occurredAt: new Date(),
    data: {
      userId,
      email: 'asha@example.com',
      emailVerified: true,
      firstName: null,
      lastName: null,
      phone: null,
      roles: [...(said.roles ?? ['RESELLER'])] as ['RESELLER'],
      isActive: said.isActive ?? true,
      businessId: null,
    },
  });

async function handled(...events: readonly DomainEvent[]): Promise<void> {
  await auth.tell(...events);
  await untilHandled(service.db, ...events);
}

async function sellerWithLink() {
  const sellerId = newId();
  const client = service.client.as({ userId: sellerId, roles: ['RESELLER'] });
  const { body } = await client.post<{ code: string }>('/share-links', {});
  return {
    sellerId,
    visit: async () => (await service.client.anonymous().get(`/share-links/${body.code}`)).status,
    visitPage: async () => (await service.client.anonymous().get(`/share/${body.code}`)).status,
    makeAnother: async () => (await client.post<{ code: string }>('/share-links', {})).body.code,
  };
}

describe('the links of a seller', () => {
  it.each([
    ['was disabled', { isActive: false }],
    ['is no reseller any more', { roles: ['CUSTOMER'] }],
  ])('open no more once their seller %s, and none are added', async (_what, said) => {
    const { sellerId, visit, visitPage, makeAnother } = await sellerWithLink();
    await handled(account(sellerId, 2, said));
    await eventually(async () => expect([await visit(), await visitPage()]).toEqual([410, 410]));
    expect(await makeAnother()).toBe('SELLER_NOT_ACTIVE');
  });

  it('open again when their seller may sell again, whatever arrives late and however often', async () => {
    const { sellerId, visit, makeAnother } = await sellerWithLink();
    const disabled = account(sellerId, 2, { isActive: false });
    const enabled = account(sellerId, 3, {});
    await handled(enabled, disabled, enabled, disabled);
    expect(await visit()).toBe(200);
    expect(await makeAnother()).toMatch(/^\w{9}$/);
  });
});
