import { LRUCache } from 'lru-cache';

interface Versioned {
  readonly version: bigint;
}

/**
 * Copies in memory, bounded and short-lived. Of two versions the newer stays, whichever is written last: a slow read of
 * the database must not put an old price back over the one that an event has just brought.
 */
export class NewestVersions<T extends Versioned> {
  private readonly entries: LRUCache<string, T>;

  constructor(options: { readonly max: number; readonly ttlMs: number }) {
    this.entries = new LRUCache({ max: options.max, ttl: options.ttlMs });
  }

  get(id: string): T | undefined {
    return this.entries.get(id);
  }

  /** @returns the newer of what was kept and what is given. */
  keep(id: string, given: T): T {
    const kept = this.entries.get(id);
    if (kept !== undefined && kept.version > given.version) return kept;
    this.entries.set(id, given);
    return given;
  }
}
