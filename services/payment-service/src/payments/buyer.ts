import type { OrderSnapshot } from '@reseller/contracts';

const NOBODY = { userId: null, name: null, email: null, phone: null };

/** An order without the person who bought; which customer it was stays, as in the order itself. */
export const withoutBuyer = (snapshot: OrderSnapshot): OrderSnapshot => ({
  ...snapshot,
  buyer: { ...snapshot.buyer, ...NOBODY },
});

/** The same of a snapshot in SQL. */
export const WITHOUT_BUYER = (snapshot: string): string =>
  `jsonb_set(${snapshot}, '{buyer}', ${snapshot} -> 'buyer' || '${JSON.stringify(NOBODY)}')`;
