/**
 * One value kept for a short while: concurrent readers share a load, and `drop` makes the next reader load anew. A load
 * that began before a drop is given to those who wait for it but not kept, for it may have read the old state.
 */
export class CachedValue<T> {
  private held: { readonly value: T; readonly untilMs: number } | undefined;
  private loading: Promise<T> | undefined;

  constructor(
    private readonly load: () => Promise<T>,
    private readonly ttlMs: number,
  ) {}

  async get(): Promise<T> {
    if (this.held !== undefined && performance.now() < this.held.untilMs) return this.held.value;
    this.loading ??= this.start();
    return this.loading;
  }

  drop(): void {
    this.held = undefined;
    this.loading = undefined;
  }

  private start(): Promise<T> {
    const mine: Promise<T> = this.load().then(
      (value) => {
        if (this.loading === mine) this.held = { value, untilMs: performance.now() + this.ttlMs };
        if (this.loading === mine) this.loading = undefined;
        return value;
      },
      (error: unknown) => {
        if (this.loading === mine) this.loading = undefined;
        throw error;
      },
    );
    return mine;
  }
}
