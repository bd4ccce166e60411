/** What Razorpay's entities say of who paid, wherever in a body it stands. */
const OF_THE_PERSON = new Set([
  'email',
  'contact',
  'phone',
  'name',
  'vpa',
  'customer',
  'customer_id',
  'customer_details',
  'billing_address',
  'shipping_address',
  'bank_account',
  'token',
  'token_id',
]);
/** Notes that we write ourselves: without these, a webhook that is worked again would not find its refund. */
const OUR_NOTES = new Set(['refundId', 'round', 'orderId', 'orderNumber', 'refundNumber']);

/** A webhook's body without the person who paid: with nulls in place of them, and of notes only those that are ours. */
export function withoutPayer(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(withoutPayer);
  if (body === null || typeof body !== 'object') return body;
  const entries = Object.entries(body).map(([key, value]) => {
    if (OF_THE_PERSON.has(key)) return [key, null];
    return [key, key === 'notes' ? ourNotes(value) : withoutPayer(value)];
  });
  return Object.fromEntries(entries);
}

function ourNotes(notes: unknown): unknown {
  if (notes === null || typeof notes !== 'object' || Array.isArray(notes)) return [];
  return Object.fromEntries(Object.entries(notes).filter(([key]) => OUR_NOTES.has(key)));
}
