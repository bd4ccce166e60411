/** Of which a report is made. Weeks begin on Monday. */
export const INTERVALS = ['day', 'week', 'month'] as const;
export type Interval = (typeof INTERVALS)[number];

/** Whose days are counted. India has no summer time, so an offset says all of it. */
const OFFSETS = { 'Asia/Kolkata': '+05:30', UTC: '+00:00' } as const;
export type TimeZone = keyof typeof OFFSETS;
export const TIME_ZONES = ['Asia/Kolkata', 'UTC'] as const satisfies readonly TimeZone[];

const DAY_MS = 86_400_000;
export const RANGE_DAYS_MAX = 366;
const RANGE_DAYS_DEFAULT = 30;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** From `from` up to, but not including, `to`. */
export interface Range {
  readonly from: Date;
  readonly to: Date;
}

/**
 * The instants that a request means. A date is its whole day in the time zone, so `to=2026-01-31` includes the 31st; an
 * instant is itself, and `to` is not included. Without `to` it is now, without `from` 30 days before.
 *
 * @returns null where it is empty or longer than 366 days
 */
export function rangeOf(
  asked: { readonly from: string | undefined; readonly to: string | undefined; readonly timeZone: TimeZone },
  now: Date,
): Range | null {
  const to = asked.to === undefined ? now : instantOf(asked.to, asked.timeZone, DAY_MS);
  const from =
    asked.from === undefined
      ? new Date(to.getTime() - RANGE_DAYS_DEFAULT * DAY_MS)
      : instantOf(asked.from, asked.timeZone, 0);
  const lengthMs = to.getTime() - from.getTime();
  return lengthMs > 0 && lengthMs <= RANGE_DAYS_MAX * DAY_MS ? { from, to } : null;
}

function instantOf(text: string, timeZone: TimeZone, lengthOfDateMs: number): Date {
  if (!DATE.test(text)) return new Date(text);
  return new Date(Date.parse(`${text}T00:00:00${OFFSETS[timeZone]}`) + lengthOfDateMs);
}
