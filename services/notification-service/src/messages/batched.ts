/** Handlers here only write rows, so up to this many events share one transaction. */
export const BATCHED = { batch: 50 } as const;
