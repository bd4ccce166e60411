import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { eventually, problem, StandIn } from '@reseller/testing';
import { commissionLocked, orderCreated, orderOf, orderPaid, payoutCompleted, userRegistered } from './events.js';
import { ADMIN, customer, NotificationFixture, type Problem } from './notification-fixture.js';
import { smtpServer, type SmtpServer } from './smtp-server.js';

const UNKNOWN_USER = problem(404, 'USER_NOT_FOUND');
const TAKEN = { status: 200, body: { id: 'sms-1', messages: [{ id: 'wamid.1' }] } };

/** Long headers are folded (RFC 5322, 2.2.3). */
const messageIdOf = (raw: string): string | undefined => /^Message-ID:\s+(\S+)/m.exec(raw)?.[1];

/* With a mail server and providers that answer: what goes out, and what happens when it cannot. */
describe('delivery', () => {
  let notification: NotificationFixture;
  let smtp: SmtpServer;
  let provider: StandIn;
  let auth: StandIn;
  beforeAll(async () => {
    [smtp, provider, auth] = await Promise.all([
      smtpServer(),
      StandIn.start(() => TAKEN),
      StandIn.start(() => UNKNOWN_USER),
    ]);
    notification = await NotificationFixture.start({
      AUTH_SERVICE_URL: auth.url,
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(smtp.port),
      SMTP_FROM: 'Shop <shop@shop.example>',
      SMS_PROVIDER_URL: `${provider.url}/sms`,
      SMS_PROVIDER_TOKEN: 'sms-token',
      WHATSAPP_API_URL: `${provider.url}/v21.0`,
      WHATSAPP_API_TOKEN: 'whatsapp-token',
      WHATSAPP_PHONE_NUMBER_ID: '4711',
    });
  });
  beforeEach(() => {
    smtp.received.length = 0;
    smtp.unknown.clear();
    provider.reset();
  });
  afterEach(async () => {
    const violations = await notification.violations();
    if (violations.length > 0) throw new Error(JSON.stringify(violations));
  });
  afterAll(async () => {
    await notification.stop();
    await Promise.all([smtp.close(), provider.close(), auth.close()]);
  });

  it('sends a mail once, with an identity made from the event', async () => {
    const person = customer();
    const created = orderCreated(orderOf({ userId: person.userId, name: 'Asha & Co', email: 'asha@example.com' }));
    await notification.tellAndWait(created, created);
    const message = await notification.settled(person, 'SENT');
    expect(message).toMatchObject({ attempts: 1, lastError: null, sentAt: expect.any(String) });
    expect(smtp.received.map(({ to }) => to)).toEqual(['asha@example.com']);
    const raw = smtp.received[0]?.raw ?? '';
    expect(messageIdOf(raw)).toMatch(
      new RegExp(`^<${created.id}\\.order-placed\\.email\\.[0-9a-f]{16}@shop\\.example>$`),
    );
    expect(raw).toMatch(/^From: "?Shop"? <shop@shop\.example>/m);
    expect(raw).toContain('Content-Type: text/html');
  });

  it('sends text messages and WhatsApp templates as their providers want them', async () => {
    const person = customer();
    const order = orderOf({ userId: person.userId, email: 'a@example.com', phone: '+919876543210' });
    const paid = orderPaid(order);
    await notification.tellAndWait(paid);
    await notification.settled(person, 'SENT', 'channel=SMS');
    await notification.settled(person, 'SENT', 'channel=WHATSAPP');
    const sms = provider.calls.find(({ path }) => path === '/sms');
    expect(sms?.headers).toMatchObject({
      authorization: 'Bearer sms-token',
      'idempotency-key': expect.stringContaining(`${paid.id}.order-paid.sms.`),
    });
    expect(sms?.body).toMatchObject({
      to: '+919876543210',
      text: `We have received ₹3,000.00 for order ${order.orderNumber}. Thank you.`,
    });
    const whatsapp = provider.calls.find(({ path }) => path === '/v21.0/4711/messages');
    expect(whatsapp?.headers.authorization).toBe('Bearer whatsapp-token');
    expect(whatsapp?.body).toMatchObject({
      messaging_product: 'whatsapp',
      to: '919876543210',
      type: 'template',
      template: {
        name: 'order_paid',
        language: { code: 'en' },
        components: [
          {
            type: 'body',
            parameters: [
              { type: 'text', text: order.orderNumber },
              { type: 'text', text: '₹3,000.00' },
            ],
          },
        ],
      },
    });
  });

  it('lets a bad address fail alone', async () => {
    const [good, bad] = [customer(), customer()];
    smtp.unknown.add('nobody@example.com');
    await notification.tellAndWait(
      orderCreated(orderOf({ userId: bad.userId, email: 'nobody@example.com' })),
      orderCreated(orderOf({ userId: good.userId, email: 'good@example.com' })),
    );
    await notification.settled(good, 'SENT');
    const failed = await notification.settled(bad, 'FAILED');
    expect(failed).toMatchObject({ attempts: 1, lastError: expect.stringContaining('550') });
  });

  it('takes an address with a comma in it for one bad address', async () => {
    const person = customer();
    await notification.tellAndWait(
      orderCreated(orderOf({ userId: person.userId, email: 'a@example.com,b@example.com' })),
    );
    await eventually(
      async () => !['PENDING', 'RETRYING'].includes((await notification.list(person))[0]?.state ?? 'PENDING'),
    );
    const reached = smtp.received.map(({ to }) => to);
    expect(reached).not.toContain('a@example.com');
    expect(reached).not.toContain('b@example.com');
  });

  it('tries again when the mail server is busy', async () => {
    const person = customer();
    smtp.busyFor = 2;
    await notification.tellAndWait(orderCreated(orderOf({ userId: person.userId, email: 'c@example.com' })));
    expect((await notification.settled(person, 'SENT')).attempts).toBe(3);
    expect(smtp.received).toHaveLength(1);
  });

  it('gives up after the last step, until an administrator has it tried again', async () => {
    const person = customer();
    provider.respond = () => ({ status: 503, body: {} });
    await notification.tellAndWait(orderPaid(orderOf({ userId: person.userId, phone: '+919876543211' })));
    const failed = await notification.settled(person, 'FAILED', 'channel=SMS');
    expect(failed).toMatchObject({ attempts: 4, lastError: expect.stringContaining('503') });
    provider.respond = () => TAKEN;
    const retry = () => notification.client.as(ADMIN).post<Problem>(`/admin/notifications/${failed.id}/retry`);
    expect((await notification.client.as(person).post(`/admin/notifications/${failed.id}/retry`)).status).toBe(403);
    expect((await retry()).status).toBe(200);
    await notification.settled(person, 'SENT', 'channel=SMS');
    expect(await retry()).toMatchObject({ status: 409, body: { code: 'INVALID_STATUS_TRANSITION' } });
    const actions = await notification.service.db.query(
      `select 1 from outbox where type = 'ADMIN_ACTION_RECORDED' and payload->'data'->>'subjectId' = $1`,
      [failed.id],
    );
    expect(actions).toHaveLength(1);
  });

  it('does not repeat what a provider refuses for good', async () => {
    const person = customer();
    provider.respond = () => ({ status: 400, body: { error: { message: 'not on WhatsApp' } } });
    await notification.tellAndWait(orderPaid(orderOf({ userId: person.userId, phone: '+919876543212' })));
    const failed = await notification.settled(person, 'FAILED', 'channel=WHATSAPP');
    expect(failed).toMatchObject({ attempts: 1, lastError: expect.stringContaining('not on WhatsApp') });
  });

  it('asks auth for a seller whom no event has named yet', async () => {
    const seller = customer();
    auth.respond = ({ path }) =>
      path === `/internal/users/${seller.userId}`
        ? { status: 200, body: { email: 'seller@example.com', phone: null } }
        : UNKNOWN_USER;
    await notification.tellAndWait(payoutCompleted(seller.userId), commissionLocked(newId()));
    expect((await notification.settled(seller, 'SENT')).recipient).toBe('seller@example.com');
    await notification.settled(seller, 'SUPPRESSED', 'channel=SMS');
  });

  it('takes a message up again whose worker died', async () => {
    const person = customer();
    await notification.tellAndWait(userRegistered(person.userId));
    const sent = await notification.settled(person, 'SENT');
    // As a worker leaves it that was killed after it had taken the message and before it sent it.
    await notification.service.db.query(
      `update messages set state = 'PENDING', sent_at = null, lease_id = $2, available_at = now() + interval '100 ms'
       where id = $1`,
      [sent.id, newId()],
    );
    await eventually(() => smtp.received.length === 2);
    await notification.settled(person, 'SENT');
    const ids = smtp.received.map(({ raw }) => messageIdOf(raw));
    expect(ids[0]).toContain('@shop.example');
    expect(ids[0]).toBe(ids[1]);
  });
});
