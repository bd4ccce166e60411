import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Database } from '@reseller/persistence';
import { eventually, type TestService } from '@reseller/testing';

type Service = TestService<NestFastifyApplication>;

/** How many statements of the service wait for a row. */
export async function waitingForLocks({ db }: Service): Promise<number> {
  const [row] = await db.query<{ count: bigint }>(
    `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return Number(row?.count ?? 0n);
}

/** Holds an order's account, which everything about its money needs, while `work` is done. */
export function whileHeld<T>(service: Service, orderId: string, work: () => Promise<T>): Promise<T> {
  return service.app.get(Database).sqlTransaction(async (tx) => {
    await tx.query('select 1 from subject_accounts where subject_id = $1 for update', [orderId]);
    return work();
  });
}

/** Starts everything while the order's account is held, and lets go when so many stand before it. */
export async function startTogether<T>(
  service: Service,
  { orderId, waiting }: { readonly orderId: string; readonly waiting: number },
  start: () => Promise<T>[],
): Promise<T[]> {
  // In an object, so that the transaction does not wait for what waits for it.
  const { started } = await whileHeld(service, orderId, async () => {
    const begun = { started: start() };
    await eventually(async () => (await waitingForLocks(service)) >= waiting);
    return begun;
  });
  return Promise.all(started);
}
