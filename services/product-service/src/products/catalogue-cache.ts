import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/*
 * Lists and product pages as the bytes that go out, so that a hot page costs no SQL, no JSON and no validation.
 *
 * - An entry lives for a short time only: within it the changes of other instances, and stock numbers, may be stale. What
 *   a buyer gets is decided by the reservation, never by a page.
 * - A change by this process drops everything. Loads that began before that are answered but not kept: the generation
 *   that they began in is over, or an old page could outlive the change that it missed.
 * - Loads of one key at a time are one load, so that an entry that runs out under load is built once.
 */
export interface CachedAnswer {
  readonly body: Buffer;
  readonly etag: string;
}

type Kept = { readonly answer: CachedAnswer | null };

/** What an answer that says "there is none" counts for, with its key, against the size limit. */
const ENTRY_OVERHEAD_BYTES = 200;
const KEYS_MAX = 20_000;

export interface CatalogueCacheLimits {
  /** 0: nothing is kept. */
  readonly ttlMs: number;
  readonly maxBytes: number;
}

export class CatalogueCache {
  private readonly kept: LRUCache<string, Kept> | null;
  private loads = new Map<string, Promise<CachedAnswer | null>>();
  private generation = 0;
  /** How long a cache between us and the readers may give the same answer to all of them: no longer than this one does. */
  readonly sharedSeconds: number;

  constructor({ ttlMs: ttl, maxBytes: maxSize }: CatalogueCacheLimits) {
    this.sharedSeconds = Math.floor(ttl / 1_000);
    this.kept =
      ttl === 0
        ? null
        : new LRUCache({
            ttl,
            max: KEYS_MAX,
            maxSize,
            sizeCalculation: ({ answer }, key) => ENTRY_OVERHEAD_BYTES + key.length + (answer?.body.length ?? 0),
          });
  }

  /** @param load builds the answer; null where there is none, which is kept as well */
  get(key: string, load: () => Promise<CachedAnswer | null>): Promise<CachedAnswer | null> | CachedAnswer | null {
    const hit = this.kept?.get(key);
    return hit === undefined ? this.load(key, load) : hit.answer;
  }

  /** Call it after the commit of whatever changes what the catalogue shows. */
  drop(): void {
    this.generation += 1;
    this.loads = new Map();
    this.kept?.clear();
  }

  private load(key: string, load: () => Promise<CachedAnswer | null>): Promise<CachedAnswer | null> {
    const underWay = this.loads.get(key);
    if (underWay !== undefined) return underWay;
    const { generation, loads } = this;
    const loading = load()
      .then((answer) => {
        if (generation === this.generation) this.kept?.set(key, { answer });
        return answer;
      })
      .finally(() => loads.delete(key));
    loads.set(key, loading);
    return loading;
  }
}

/** The bytes of an answer and their ETag; `version` leads it, so that `If-Match` can name what a GET answered. */
export function answerOf(view: unknown, version?: number | bigint): CachedAnswer {
  const body = Buffer.from(JSON.stringify(view));
  const hash = createHash('sha1').update(body).digest('base64url').slice(0, 20);
  return { body, etag: version === undefined ? `"${hash}"` : `"${version}-${hash}"` };
}
