import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Database, type SqlTx } from '@reseller/persistence';
import { conflict, DomainError, invalid, LOGGER, newId, unprocessable, type Logger } from '@reseller/runtime';
import { sourceOfDomainError } from './problem.js';

/*
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): the same key and body give the first answer again.
 *
 * A row is claimed before the work with a 30 s lease and the id chosen for the new thing. The answer is stored in the
 * same transaction as the change, through `remember`, so there is no moment in which one exists without the other. A
 * process that dies in between leaves a lease that runs out; the retry takes the row over with the same subject id, so
 * that steps which were done in other services (a reservation, a Razorpay receipt) are found and not done twice.
 */
const LEASE_SECONDS = 30;
export const KEY_LENGTH_MAX = 255;
const KEY = new RegExp(String.raw`^[\x21-\x7e]{1,${KEY_LENGTH_MAX}}$`);

export interface IdempotentRequest {
  readonly key: string | undefined;
  readonly route: string;
  readonly url: string;
  readonly body: unknown;
  readonly replayed: (status: number) => void;
}

/** What the work gets: the id to give the new thing, and how to store its answer in the transaction of the change. */
export interface IdempotentStep {
  readonly subjectId: string;
  remember(tx: SqlTx, status: number, body: unknown): Promise<void>;
}

interface KeyRow {
  readonly request_hash: string;
  readonly subject_id: string;
  readonly status: number | null;
  readonly response: unknown;
  readonly leased: boolean;
  /** When the claim ends; tells it from the claim of a process that took over. */
  readonly lease: string;
}

interface Claim {
  readonly principal: string;
  readonly route: string;
  readonly key: string;
}

const WITHOUT_KEY = async (): Promise<void> => undefined;

const hashOf = (request: IdempotentRequest): string =>
  createHash('sha256')
    .update(request.url)
    .update('\n')
    .update(JSON.stringify(request.body ?? null))
    .digest('hex');

@Injectable()
export class IdempotencyKeys {
  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Runs `work` once per key. Without a key it just runs.
   *
   * @throws 422 IDEMPOTENCY_KEY_REUSED same key, other request; 409 IDEMPOTENCY_IN_PROGRESS the first still runs.
   */
  async run<T>(request: IdempotentRequest, principal: string, work: (step: IdempotentStep) => Promise<T>): Promise<T> {
    if (request.key === undefined) return work({ subjectId: newId(), remember: WITHOUT_KEY });
    if (!KEY.test(request.key)) {
      throw invalid('VALIDATION_FAILED', `Idempotency-Key must be 1 to ${KEY_LENGTH_MAX} visible ASCII characters.`);
    }
    const claim = { principal, route: request.route, key: request.key };
    const row = await this.claim(claim, hashOf(request));
    if (row.status !== null) return this.replay<T>(request, row.status, row.response);
    try {
      return await work({
        subjectId: row.subject_id,
        remember: (tx, status, body) => store(tx, claim, row.lease, status, body),
      });
    } catch (error) {
      await this.settleFailure(claim, row.lease, error);
      throw error;
    }
  }

  private async claim(claim: Claim, requestHash: string): Promise<KeyRow> {
    const { principal, route, key } = claim;
    // One statement claims a new key or takes over a lease that ran out; no row back means that it is held or answered.
    const claimed = await this.database.query<KeyRow>(
      `insert into idempotency_keys as k (principal, route, key, request_hash, subject_id, lease_until)
       values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))
       on conflict (principal, route, key) do update set lease_until = excluded.lease_until
         where k.status is null and k.lease_until < now() and k.request_hash = excluded.request_hash
       returning request_hash, subject_id, status, response, false as leased, lease_until::text as lease`,
      [principal, route, key, requestHash, newId(), LEASE_SECONDS],
    );
    const row = claimed[0] ?? (await this.existing(claim));
    if (row.request_hash !== requestHash) {
      throw unprocessable(
        'IDEMPOTENCY_KEY_REUSED',
        'This Idempotency-Key was used for a different request. Use a new key.',
      );
    }
    if (row.status === null && row.leased) {
      throw conflict('IDEMPOTENCY_IN_PROGRESS', 'The first request with this Idempotency-Key is still running.', {
        retryAfterSeconds: 1,
      });
    }
    return row;
  }

  private async existing({ principal, route, key }: Claim): Promise<KeyRow> {
    const [row] = await this.database.query<KeyRow>(
      `select request_hash, subject_id, status, response, true as leased, lease_until::text as lease
       from idempotency_keys
       where principal = $1 and route = $2 and key = $3`,
      [principal, route, key],
    );
    if (row !== undefined) return row;
    throw conflict('IDEMPOTENCY_IN_PROGRESS', 'The first request with this Idempotency-Key just failed; try again.', {
      retryAfterSeconds: 1,
    });
  }

  private replay<T>(request: IdempotentRequest, status: number, response: unknown): T {
    request.replayed(status);
    if (status < 400) return response as T;
    const { code, message, details } = response as { code: string; message: string; details: Record<string, unknown> };
    throw unprocessable(code, message, details);
  }

  /**
   * A business refusal is an answer and is kept; after any other failure the key is free for another try, unless the
   * lease ran out meanwhile and another process holds the key.
   */
  private async settleFailure(claim: Claim, lease: string, error: unknown): Promise<void> {
    const { principal, route, key } = claim;
    try {
      if (error instanceof DomainError && error.kind === 'unprocessable') {
        const { code, detail } = sourceOfDomainError(error);
        await store(this.database, claim, lease, 422, { code, message: detail, details: error.details });
        return;
      }
      await this.database.query(
        `delete from idempotency_keys
         where principal = $1 and route = $2 and key = $3 and status is null and lease_until = $4::timestamptz`,
        [principal, route, key, lease],
      );
    } catch (cleanupError) {
      this.logger.warn({ err: cleanupError }, 'an idempotency key stays leased until its lease runs out');
    }
  }
}

/** @throws 409 when the lease ran out and another process took the key over: then the change must not be made here. */
async function store(
  sql: Pick<SqlTx, 'query'>,
  { principal, route, key }: Claim,
  lease: string,
  status: number,
  body: unknown,
): Promise<void> {
  const kept = await sql.query(
    `update idempotency_keys set status = $4::int, response = $5::jsonb
     where principal = $1 and route = $2 and key = $3 and status is null and lease_until = $6::timestamptz
     returning key`,
    [principal, route, key, status, JSON.stringify(body), lease],
  );
  if (kept.length > 0) return;
  throw conflict(
    'IDEMPOTENCY_IN_PROGRESS',
    'This took so long that another try with the same Idempotency-Key runs now.',
    {
      retryAfterSeconds: 1,
    },
  );
}
