import type { Failure } from '../transport.js';
import type { BusDatabase } from './bus-database.js';

/** A delivery whose claimer is silent this long is given to another. Renewed while it is being handled. */
export const LEASE_MS = 10_000;

export interface ClaimedRow {
  readonly seq: string;
  readonly event_id: string;
  readonly type: string;
  readonly body: string;
  readonly headers: Record<string, string>;
  readonly attempt: number;
  readonly first_failed_at: string | null;
}

const CLAIM = `update deliveries d set lease = $2, available_at = now() + interval '${LEASE_MS} milliseconds'
  from (select seq from deliveries where queue = $1 and died_at is null and available_at <= now()
    order by available_at, seq limit $3 for update skip locked) as due
  where d.seq = due.seq
  returning d.seq, d.event_id, d.type, d.body, d.headers, d.attempt, d.first_failed_at`;

const ACKNOWLEDGE = 'delete from deliveries where seq = any($1::bigint[]) and lease = $2';

const RENEW = `update deliveries set available_at = now() + interval '${LEASE_MS} milliseconds'
  where seq = any($1::bigint[]) and lease = $2`;

const GIVE_BACK = 'update deliveries set lease = null, available_at = now() where seq = $1 and lease = $2';

const RETRY = `update deliveries set lease = null, attempt = $3, first_failed_at = $4, error = $5,
  available_at = now() + make_interval(secs => $6::float8 / 1000) where seq = $1 and lease = $2`;

const PARK = `update deliveries set lease = null, attempt = $3, first_failed_at = $4, error = $5, stack = $6,
  died_at = now() where seq = $1 and lease = $2`;

/** The statements of one claimer on one queue. All of them pass by a row whose lease has gone to somebody else. */
export class BusQueue {
  private acknowledged: string[] = [];
  private flushing: Promise<void> | null = null;

  constructor(
    private readonly bus: BusDatabase,
    private readonly queue: string,
    private readonly lease: string,
  ) {}

  async claim(limit: number): Promise<ClaimedRow[]> {
    const rows = await this.bus.prepared<ClaimedRow>('claim', CLAIM, [this.queue, this.lease, limit]);
    return rows.sort((a, b) => Number(BigInt(a.seq) - BigInt(b.seq)));
  }

  /** Acknowledgements of the same moment share one statement. */
  acknowledge(seq: string): Promise<void> {
    this.acknowledged.push(seq);
    this.flushing ??= new Promise<void>((resolve) => setImmediate(resolve)).then(async () => {
      const seqs = this.acknowledged;
      this.acknowledged = [];
      this.flushing = null;
      await this.bus.prepared('acknowledge', ACKNOWLEDGE, [seqs, this.lease]);
    });
    return this.flushing;
  }

  async renew(seqs: readonly string[]): Promise<void> {
    await this.bus.query(RENEW, [seqs, this.lease]);
  }

  async giveBack(seq: string): Promise<void> {
    await this.bus.query(GIVE_BACK, [seq, this.lease]);
  }

  async retry(seq: string, delayMs: number, { attempts, firstFailedAt, error }: Failure): Promise<void> {
    await this.bus.query(RETRY, [seq, this.lease, attempts + 1, firstFailedAt, error, delayMs]);
  }

  async park(seq: string, { attempts, firstFailedAt, error, stack }: Failure): Promise<void> {
    await this.bus.query(PARK, [seq, this.lease, attempts, firstFailedAt, error, stack]);
  }
}
