import { LRUCache } from 'lru-cache';

interface Held<T> {
  readonly value: T;
  readonly untilMs: number;
}

/**
 * Values by key, kept for `ttlMs` after they were loaded, the `max` last used of them; with 0 none is kept. Concurrent
 * readers of one key share one load, also of keys that turn out to name nothing. A load that began before `drop` is
 * given to those who wait for it but not kept, for it may have read the old state. A failed load is not kept.
 */
export class ShortLived<T> {
  private readonly held: LRUCache<string, Held<T>>;
  private readonly loading = new Map<string, Promise<T>>();

  constructor(
    private readonly load: (key: string) => Promise<T>,
    private readonly options: { readonly max: number; readonly ttlMs: number },
  ) {
    this.held = new LRUCache({ max: options.max });
  }

  async get(key: string): Promise<T> {
    const held = this.held.get(key);
    if (held !== undefined && performance.now() < held.untilMs) return held.value;
    return this.loading.get(key) ?? this.start(key);
  }

  /** Makes the next reader of each of these keys load anew. */
  drop(...keys: readonly string[]): void {
    for (const key of keys) {
      this.held.delete(key);
      this.loading.delete(key);
    }
  }

  private start(key: string): Promise<T> {
    const mine: Promise<T> = this.load(key)
      .then((value) => {
        if (this.loading.get(key) === mine) {
          this.held.set(key, { value, untilMs: performance.now() + this.options.ttlMs });
        }
        return value;
      })
      .finally(() => {
        if (this.loading.get(key) === mine) this.loading.delete(key);
      });
    this.loading.set(key, mine);
    return mine;
  }
}
