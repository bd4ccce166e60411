interface Versioned {
  readonly version: bigint;
  readonly updatedAt: Date;
}

/** Lists and dates by what they hold. */
const isSame = (left: unknown, right: unknown): boolean =>
  left === right ||
  (typeof left === 'object' && typeof right === 'object' && JSON.stringify(left) === JSON.stringify(right));

/** With the changes, in a new version; the same object when nothing differs, so that no event is told. */
export function newVersionOf<T extends Versioned>(before: T, changes: object, now: Date): T {
  const differing = Object.entries(changes).filter(
    ([field, value]) => value !== undefined && !isSame(Reflect.get(before, field), value),
  );
  if (differing.length === 0) return before;
  return { ...before, ...Object.fromEntries(differing), version: before.version + 1n, updatedAt: now };
}
