import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DeleteOldMessages } from '../src/messages/delete-old-messages.js';
import { FINAL_STATES } from '../src/messages/message.js';
import { orderCreated, orderOf } from './events.js';
import { NotificationFixture } from './notification-fixture.js';

describe('deleting old messages', () => {
  let notification: NotificationFixture;
  beforeAll(async () => {
    // Nothing is delivered: messages stay in the state that the test gives them.
    notification = await NotificationFixture.start({ NOTIFICATION_DELIVERY_INTERVAL: '10h' });
  });
  afterAll(() => notification.stop());

  const oldMessage = async (state: string, settledDaysAgo = 181): Promise<string> => {
    const order = orderOf({ email: 'asha@example.com' });
    await notification.tellAndWait(orderCreated(order));
    await notification.service.db.query(
      `update messages set state = $2::text, sent_at = case when $2::text = 'SENT' then now() end,
         created_at = now() - interval '181 days', available_at = now() - make_interval(days => $3)
       where order_id = $1`,
      [order.orderId, state, settledDaysAgo],
    );
    return order.orderId;
  };

  it('takes what is done with, and leaves what is young or still to be sent', async () => {
    for (const state of FINAL_STATES) await oldMessage(state);
    const young = orderOf({ email: 'asha@example.com' });
    await notification.tellAndWait(orderCreated(young));
    const kept = [
      young.orderId,
      await oldMessage('PENDING'),
      await oldMessage('RETRYING'),
      // Retried by an administrator long after it was made.
      await oldMessage('SENT', 1),
    ];
    const deleteOld = notification.service.app.get(DeleteOldMessages);
    expect(await deleteOld.execute()).toBe(FINAL_STATES.length);
    expect(await deleteOld.execute()).toBe(0);
    const left = await notification.service.db.query<{ order_id: string }>('select order_id from messages');
    expect(left.map(({ order_id }) => order_id).toSorted()).toEqual(kept.toSorted());
    expect(await notification.violations()).toEqual([]);
  });
});
