import type { SqlTx } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import { engagementAfter } from './customer.js';

export interface EngagementMove {
  readonly customerId: string;
  /** The score as the transaction has locked it. */
  readonly before: number;
  readonly delta: number;
  readonly reason: string | null;
  readonly actor: string;
  readonly orderId: string | null;
}

const MOVE = `
with moved as (
  update customers set engagement_score = $3, updated_at = now() where id = $2 returning id
)
insert into customer_engagement_changes (id, customer_id, before, after, reason, actor, order_id)
select $1, id, $4, $3, $5, $6, $7 from moved`;

/** Moves a locked customer's score within its bounds and writes down why. @returns the score after it. */
export async function moveEngagement(tx: SqlTx, move: EngagementMove): Promise<number> {
  const { customerId, before, reason, actor, orderId } = move;
  const after = engagementAfter(before, move.delta);
  await tx.query(MOVE, [newId(), customerId, after, before, reason, actor, orderId]);
  return after;
}
