import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { problem, StandIn } from '@reseller/testing';
import { emailVerificationRequested, passwordResetRequested, userRegistered } from './events.js';
import { customer, NotificationFixture } from './notification-fixture.js';
import { smtpServer, type SmtpServer } from './smtp-server.js';

const LINK = 'https://shop.example/reset-password?token=secret';

/** Auth's side: each reference is good for one answer. */
function linkStandIn(): Promise<StandIn> {
  const redeemed = new Set<string>();
  return StandIn.start(({ path, body }) => {
    const { reference } = body as { reference: string };
    if (redeemed.has(reference)) return problem(410, 'LINK_GONE');
    redeemed.add(reference);
    const url = path.includes('password-resets') ? { resetUrl: LINK } : { verifyUrl: LINK };
    return { status: 200, body: { email: 'now@example.com', firstName: null, ...url } };
  });
}

const decoded = (raw: string): string => raw.replaceAll('=\r\n', '').replaceAll('=3D', '=');

describe('mailed links, with a mail server', () => {
  let auth: StandIn;
  let smtp: SmtpServer;
  let notification: NotificationFixture;
  beforeAll(async () => {
    [auth, smtp] = await Promise.all([linkStandIn(), smtpServer()]);
    notification = await NotificationFixture.start({
      AUTH_SERVICE_URL: auth.url,
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(smtp.port),
      SMTP_FROM: 'shop@shop.example',
    });
  });
  afterAll(async () => {
    await notification.stop();
    await Promise.all([auth.close(), smtp.close()]);
  });

  it('go to where the account gets its mail now, and are not kept', async () => {
    const person = customer();
    await notification.tellAndWait(passwordResetRequested(person.userId));
    const sent = await notification.settled(person, 'SENT');
    expect(sent.recipient).toBe('now@example.com');
    expect(sent.body).not.toContain('secret');
    expect(decoded(smtp.received[0]?.raw ?? '')).toContain(LINK);
    expect(await notification.service.db.query('select link from messages')).toEqual([{ link: null }]);
  });

  it('are redeemed once, however often the mail has to be tried', async () => {
    const person = customer();
    smtp.busyFor = 2;
    auth.calls.length = 0;
    await notification.tellAndWait(passwordResetRequested(person.userId));
    expect((await notification.settled(person, 'SENT')).attempts).toBe(3);
    expect(auth.calls).toHaveLength(1);
    expect(decoded(smtp.received.at(-1)?.raw ?? '')).toContain(LINK);
  });

  it('are shown to nobody, not even while the mail cannot be sent', async () => {
    const person = customer();
    smtp.busyFor = 1_000;
    await notification.tellAndWait(passwordResetRequested(person.userId));
    expect((await notification.settled(person, 'FAILED')).body).not.toContain('secret');
    smtp.busyFor = 0;
  });

  it('wait for auth when it is down', async () => {
    const person = customer();
    const { respond } = auth;
    let failures = 2;
    auth.respond = (call) => {
      failures -= 1;
      return failures < 0 ? respond(call) : problem(503, 'UNAVAILABLE');
    };
    await notification.tellAndWait(emailVerificationRequested(person.userId));
    expect((await notification.settled(person, 'SENT')).attempts).toBe(3);
    auth.respond = respond;
  });

  it('that are gone fail the mail, but not the welcome', async () => {
    const [one, other] = [customer(), customer()];
    const reference = newId();
    await notification.tellAndWait(emailVerificationRequested(one.userId, reference));
    await notification.settled(one, 'SENT');
    await notification.tellAndWait(passwordResetRequested(other.userId, reference));
    expect(await notification.settled(other, 'FAILED')).toMatchObject({
      attempts: 1,
      lastError: expect.stringContaining('LINK_GONE'),
    });
    const third = customer();
    await notification.tellAndWait(userRegistered(third.userId, {}, reference));
    await notification.settled(third, 'SENT');
    expect(decoded(smtp.received.at(-1)?.raw ?? '')).not.toContain('Confirm email address:');
  });
});

describe('mailed links, without a mail server', () => {
  const start = async (env: Record<string, string>) => {
    const auth = await linkStandIn();
    const notification = await NotificationFixture.start({ AUTH_SERVICE_URL: auth.url, ...env });
    const stop = async (): Promise<void> => {
      await notification.stop();
      await auth.close();
    };
    return { auth, notification, stop };
  };

  it('are shown in the local outbox in development', async () => {
    const { notification, stop } = await start({ NODE_ENV: 'development' });
    const person = customer();
    await notification.tellAndWait(passwordResetRequested(person.userId));
    expect((await notification.settled(person, 'LOCAL')).body).toContain(LINK);
    await stop();
  });

  it('are neither fetched nor shown in production', async () => {
    const { auth, notification, stop } = await start({ NODE_ENV: 'production' });
    const person = customer();
    await notification.tellAndWait(passwordResetRequested(person.userId));
    expect((await notification.settled(person, 'LOCAL')).body).toContain('Choose a new password: (a link');
    expect(auth.calls).toEqual([]);
    await stop();
  });
});
