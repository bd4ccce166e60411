// A believable first example of an event, from its schema. Once it lies among the golden files people may change it; it is
// not made again, because it stands for what is already on the wire.

const AT = '2026-01-01T10:00:00.000Z';

/** By the last part of a field's name, or by the last two. */
const TEXTS = {
  email: 'priya@example.com',
  firstName: 'Priya',
  lastName: 'Sharma',
  phone: '+919876543210',
  name: 'Cotton kurta',
  'buyer.name': 'Priya Sharma',
  orderNumber: 'ORD-2026-000123',
  refundNumber: 'REF-2026-000007',
  slug: 'cotton-kurta',
  sku: 'KURTA-RED-M',
  variantName: 'Red / M',
  hsn: '6206',
  code: 'k7Qm2XvR9',
  carrier: 'Delhivery',
  trackingNumber: 'DLV123456789',
  trackingUrl: 'https://example.com/track/DLV123456789',
  imageUrl: 'https://example.com/images/kurta.jpg',
  description: 'Hand-printed, machine washable',
  state: 'MH',
  method: 'UPI',
  gatewayOrderId: 'order_Nq1T5cX8vB2mKd',
  gatewayPaymentId: 'pay_Nq1UzWf7hJ4sLp',
  reason: 'Changed my mind',
  cause: 'CUSTOMER_REQUEST',
  status: 'PENDING',
  notes: 'Monthly payout',
  reference: 'ref_5f2a9c',
  emailVerificationReference: 'ref_5f2a9c',
  action: 'COMMISSION_RULE_CHANGED',
  subjectType: 'commission-rule',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
};

const NUMBERS = {
  aggregateVersion: 1,
  quantity: 2,
  attempt: 1,
  available: 3,
  threshold: 5,
  basePricePaise: 100_000,
  pricePaise: 100_000,
  mrpPaise: 180_000,
  sellerPricePaise: 150_000,
  unitPricePaise: 150_000,
  commissionPaise: 30_000,
  amountPaise: 300_000,
  refundPaise: 300_000,
  refundedTotalPaise: 300_000,
  subtotalPaise: 300_000,
  totalPaise: 300_000,
  owedPaise: 300_000,
  taxPaise: 45_762,
  cgstPaise: 22_881,
  sgstPaise: 22_881,
  taxRateBps: 1_800,
  defaultTaxRateBps: 1_800,
  maxMarginBps: 20_000,
};

/** @param {{ type: string, version: number }} definition @param {object} schema its JSON Schema */
export function exampleOf({ type, version, aggregate }, schema) {
  const ids = new Map();
  const example = valueOf(schema, '', ids);
  const about = example.data[`${aggregate === 'share-link' ? 'shareLink' : aggregate}Id`];
  return { ...example, type, version, aggregateId: about ?? example.id, actor: null };
}

function valueOf(schema, name, ids, parent = '') {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return name === 'roles' ? 'CUSTOMER' : schema.enum[0];
  if (schema.anyOf !== undefined) return valueOf(schema.anyOf[0], name, ids);
  const type = [schema.type].flat()[0];
  if (type === 'object')
    return Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([key, property]) => [key, valueOf(property, key, ids, name)]),
    );
  if (type === 'array') return [valueOf(schema.items, name, ids)];
  if (type === 'integer' || type === 'number') return NUMBERS[name] ?? 0;
  if (type === 'boolean') return !['wasSold', 'selfPurchaseCommission'].includes(name);
  if (type === undefined) return { rateBps: name === 'before' ? 1_000 : 1_200 };
  if (schema.format === 'date-time') return AT;
  if (schema.format === 'uuid') return idOf(name, ids);
  return TEXTS[`${parent}.${name}`] ?? TEXTS[name] ?? idOf(name, ids);
}

/** The same name is the same thing within one event. */
function idOf(name, ids) {
  if (!ids.has(name)) ids.set(name, `019b7a6e-5c00-7000-8000-${String(ids.size + 1).padStart(12, '0')}`);
  return ids.get(name);
}
