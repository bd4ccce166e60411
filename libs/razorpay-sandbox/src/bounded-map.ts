/** A map that forgets its oldest entry when it is full, so that a sandbox left running does not eat the machine. */
export class BoundedMap<Value> {
  private readonly entries = new Map<string, Value>();

  constructor(
    private readonly capacity: number,
    private readonly onEvicted: (value: Value) => void = () => undefined,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: string): Value | undefined {
    return this.entries.get(key);
  }

  set(key: string, value: Value): void {
    this.entries.set(key, value);
    if (this.entries.size > this.capacity) this.evictOldest();
  }

  delete(key: string): void {
    this.entries.delete(key);
  }

  /** Oldest first. */
  values(): Value[] {
    return [...this.entries.values()];
  }

  private evictOldest(): void {
    const [oldest] = this.entries;
    if (oldest === undefined) return;
    this.entries.delete(oldest[0]);
    this.onEvicted(oldest[1]);
  }
}
