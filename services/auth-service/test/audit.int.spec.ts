import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AdminActionRecorded, eventOf, type EventOf } from '@reseller/contracts';
import { newId } from '@reseller/runtime';
import { eventPeer, eventually, type EventPeer, type TestClient } from '@reseller/testing';
import {
  makeAdmin,
  personOf,
  register,
  startAuth,
  type AuthTest,
  type PageBody,
  type ProblemBody,
} from './auth-fixture.js';

interface LogBody {
  readonly id: string;
  readonly actorId: string;
  readonly action: string;
  readonly subjectId: string;
  readonly occurredAt: string;
}

let auth: AuthTest;
let order: EventPeer;
let admin: TestClient;
beforeAll(async () => {
  auth = await startAuth();
  order = await eventPeer('order', auth.broker);
  admin = auth.client.as(await makeAdmin(auth));
});
afterAll(async () => {
  await order.close();
  await auth.stop();
});

function action(fields: Partial<EventOf<typeof AdminActionRecorded>['data']> = {}, occurredAt = new Date()) {
  return eventOf(AdminActionRecorded, {
    aggregateId: newId(),
    aggregateVersion: 1,
    occurredAt,
    data: {
      actorId: newId(),
      action: 'ORDER_CANCELLED',
      subjectType: 'order',
      subjectId: newId(),
      before: { status: 'PAID' },
      after: { status: 'CANCELLED' },
      reason: 'Customer called',
      ...fields,
    },
  });
}

const logs = async (query: string) => (await admin.get<PageBody<LogBody>>(`/admin/audit-logs?${query}`)).body;
const arrival = (subjectId: string, total = 1) =>
  eventually(async () => {
    const page = await logs(`subjectId=${subjectId}`);
    expect(page.data).toHaveLength(total);
    return page.data;
  });
const rowsOf = (id: string) => auth.db.query('select id from audit_logs where id = $1', [id]);

describe('ADMIN_ACTION_RECORDED', () => {
  it('once: becomes a line of the audit log', async () => {
    const event = action();
    await order.tell(event);
    expect(await arrival(event.data.subjectId)).toEqual([
      { id: event.id, businessId: event.businessId, ...event.data, occurredAt: event.occurredAt },
    ]);
  });

  it('twice: stays one line', async () => {
    const event = action();
    await order.tell(event, event);
    const after = action();
    await order.tell(after);
    await arrival(after.data.subjectId);
    expect(await rowsOf(event.id)).toHaveLength(1);
  });

  it('out of order: lists by when it happened', async () => {
    const subjectId = newId();
    const early = action({ subjectId, action: 'FIRST' }, new Date('2026-01-01T00:00:00Z'));
    const late = action({ subjectId, action: 'SECOND' }, new Date('2026-01-02T00:00:00Z'));
    await order.tell(late, early);
    expect((await arrival(subjectId, 2)).map((log) => log.action)).toEqual(['SECOND', 'FIRST']);
  });

  it('poison: goes to the dead letters and holds nobody up', async () => {
    const malformed = { ...action(), data: { actorId: 'nobody' } };
    // Valid for the contract, impossible for the database: Postgres keeps no NUL in JSON.
    const unstorable = action({ after: { note: '\u0000' } });
    const good = action();
    await order.tell(malformed, unstorable, good);
    await arrival(good.data.subjectId);
    await eventually(async () => {
      const dead = await order.deadLettersOf('auth');
      expect(dead.map(({ id }) => id)).toEqual(expect.arrayContaining([malformed.id, unstorable.id]));
    });
    expect(await rowsOf(unstorable.id)).toEqual([]);
  });

  it('hears of its own service’s actions', async () => {
    const { user } = await register(auth);
    await admin.patch(`/admin/users/${user.id}`, { roles: ['RESELLER'] });
    expect(await arrival(user.id)).toMatchObject([{ action: 'USER_CHANGED' }]);
  });
});

describe('GET /admin/audit-logs', () => {
  it('filters by who, what, whom and when', async () => {
    const actorId = newId();
    const march = action({ actorId, action: 'MARCH' }, new Date('2026-03-15T00:00:00Z'));
    const april = action({ actorId, action: 'APRIL', subjectType: 'payout' }, new Date('2026-04-15T00:00:00Z'));
    await order.tell(march, april);
    await eventually(async () => expect((await logs(`actorId=${actorId}`)).total).toBe(2));
    const actionsFor = async (query: string) =>
      (await logs(`actorId=${actorId}&${query}`)).data.map((log) => log.action);
    expect(await actionsFor('action=MARCH')).toEqual(['MARCH']);
    expect(await actionsFor('subjectType=payout')).toEqual(['APRIL']);
    expect(await actionsFor('from=2026-04-01T00:00:00Z')).toEqual(['APRIL']);
    expect(await actionsFor('to=2026-04-15T00:00:00Z')).toEqual(['MARCH']);
    expect(await actionsFor('sort=occurredAt&take=1')).toEqual(['MARCH']);
  });

  it('shows an administrator of one business what was done there', async () => {
    const { body } = await admin.post<{ id: string }>('/businesses', { name: 'Watched' });
    await arrival(body.id);
    const limited = auth.client.as(await makeAdmin(auth, body.id));
    const page = (await limited.get<PageBody<LogBody>>('/admin/audit-logs')).body;
    expect(page.data.map(({ subjectId }) => subjectId)).toEqual([body.id]);
  });

  it('is for administrators and refuses what it does not know', async () => {
    expect((await auth.client.as(personOf(await register(auth))).get('/admin/audit-logs')).status).toBe(403);
    for (const query of ['actorId=me', 'from=yesterday', 'sort=reason']) {
      expect((await admin.get<ProblemBody>(`/admin/audit-logs?${query}`)).body.code).toBe('VALIDATION_FAILED');
    }
  });
});
