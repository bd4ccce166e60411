import { LRUCache } from 'lru-cache';

/**
 * Values by key for a few seconds, bounded. Concurrent readers of one key share one load, also of keys that turn out
 * to name nothing. A load that began before `drop` is given to those who wait for it but not kept.
 */
export class ShortLived<T> {
  private readonly held: LRUCache<string, { readonly value: T }>;
  private readonly loading = new Map<string, Promise<T>>();

  constructor(
    private readonly load: (key: string) => Promise<T>,
    options: { readonly max: number; readonly ttlMs: number },
  ) {
    this.held = new LRUCache({ max: options.max, ttl: options.ttlMs });
  }

  async get(key: string): Promise<T> {
    const held = this.held.get(key);
    if (held !== undefined) return held.value;
    return this.loading.get(key) ?? this.start(key);
  }

  drop(...keys: readonly string[]): void {
    for (const key of keys) {
      this.held.delete(key);
      this.loading.delete(key);
    }
  }

  private start(key: string): Promise<T> {
    const mine: Promise<T> = this.load(key)
      .then((value) => {
        if (this.loading.get(key) === mine) this.held.set(key, { value });
        return value;
      })
      .finally(() => {
        if (this.loading.get(key) === mine) this.loading.delete(key);
      });
    this.loading.set(key, mine);
    return mine;
  }
}
