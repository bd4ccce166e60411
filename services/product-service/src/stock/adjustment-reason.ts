/*
 * Why an administrator changes stock. These words have a meaning that is checked; any other reason is the warehouse's own
 * words and may add, take away or set.
 */
export const ADJUSTMENT_REASONS = [
  'RECEIVED',
  'RETURNED',
  'DAMAGED',
  'LOST',
  'THEFT',
  'EXPIRED',
  'COUNTED',
  'CORRECTION',
] as const;

export type AdjustmentChange = { readonly delta: number } | { readonly setTo: number };

/** The known word in capitals where it is one, in whatever case it was written; else the text as it is. */
export function reasonOf(text: string): string {
  return ADJUSTMENT_REASONS.find((word) => word === text.toUpperCase()) ?? text;
}

/** Why this change cannot have this reason; null where it can. */
export function contradictionOf(reason: string, change: AdjustmentChange): string | null {
  switch (reason) {
    case 'COUNTED':
      return 'setTo' in change ? null : 'what was counted is an absolute number: send setTo';
    case 'RECEIVED':
    case 'RETURNED':
      return 'delta' in change && change.delta > 0 ? null : `${reason} adds pieces: send a delta above zero`;
    case 'DAMAGED':
    case 'LOST':
    case 'THEFT':
    case 'EXPIRED':
      return 'delta' in change && change.delta < 0 ? null : `${reason} takes pieces away: send a delta below zero`;
    default:
      return null;
  }
}
