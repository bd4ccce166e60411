import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { PaymentFixture } from './payment-fixture.js';

let fixture: PaymentFixture;
beforeAll(async () => {
  fixture = await PaymentFixture.start();
});
afterAll(() => fixture.stop());

const addPayments = (businessId: string, howMany: number) =>
  fixture.service.db.query(
    `with added as (
       insert into subject_accounts (subject_id) select gen_random_uuid() from generate_series(1, $2::int) returning subject_id)
     insert into payments (id, subject_id, order_number, business_id, provider, status, amount_paise, is_open, settles,
       captured_paise, refund_committed_paise, refunded_paise, snapshot, created_at, captured_at)
     select gen_random_uuid(), subject_id, 'ORD-2020-000001', $1, 'OFFLINE', 'SUCCESS', 100, false, true, 100, 0, 0, '{}',
       now(), now() from added`,
    [businessId, howMany],
  );

it('counts a list of payments as far as 10,000, and says when there are more', async () => {
  const businessId = newId();
  const list = async () => (await fixture.admin.get(`/payments?businessId=${businessId}&take=1`)).body;
  await addPayments(businessId, 10_000);
  expect(await list()).toMatchObject({ total: 10_000, totalIsLowerBound: false, take: 1 });
  await addPayments(businessId, 1);
  expect(await list()).toMatchObject({ total: 10_000, totalIsLowerBound: true, take: 1 });
});
