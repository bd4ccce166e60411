/**
 * What became of a fact that Razorpay told. `recorded`: it was news, and the webhook that brought it is marked as worked in
 * the same statement. `nothing-new`: it was known, or changed nothing that is told. `unknown-order`: not ours.
 */
export type Recorded = 'recorded' | 'nothing-new' | 'unknown-order';
