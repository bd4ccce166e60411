/** A sentence that must hold whatever fails, and the query that selects what breaks it: an id and whatever helps to see why. */
export interface Invariant {
  readonly name: string;
  readonly sql: string;
}
