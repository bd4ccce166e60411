import type { SqlTx } from '@reseller/persistence';

const CLAIM = `insert into inbox (consumer, event_id) select $1, event_id from unnest($2::uuid[]) as event_id
  on conflict do nothing returning event_id`;

/**
 * Writes the inbox rows of a batch inside the handlers' transaction. Returns the ids that are new: the others were
 * handled before and are duplicates. A concurrent delivery of the same event waits here for the first one's commit.
 */
export async function claimInInbox(tx: SqlTx, consumer: string, eventIds: readonly string[]): Promise<Set<string>> {
  // Sorted, so that two batches with the same events lock them in the same order.
  const rows = await tx.query<{ event_id: string }>(CLAIM, [consumer, [...eventIds].sort()]);
  return new Set(rows.map((row) => row.event_id));
}
