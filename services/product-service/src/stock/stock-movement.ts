/** Why a variant's stock changed. Reserving and releasing change no stock and are no movements. */
export const MOVEMENT_KINDS = ['INITIAL', 'ADJUSTMENT', 'SALE', 'CANCELLATION', 'RETURN'] as const;
export type MovementKind = (typeof MOVEMENT_KINDS)[number];

/** One change of a variant's two numbers; `kind` is null where only `reserved` changes. */
export interface StockChange {
  readonly variantId: string;
  readonly stockDelta: number;
  readonly reservedDelta: number;
  readonly kind: MovementKind | null;
}

/** What a movement says about where it came from. */
export interface MovementSource {
  readonly referenceType: 'ORDER' | 'PRODUCT' | 'ADJUSTMENT' | 'IMPORT';
  readonly referenceId: string;
  readonly reason: string | null;
  readonly note?: string | null;
  readonly actor: string | null;
}
