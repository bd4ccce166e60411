// A thousand buyers come in the same moment for the last ten pieces.
import { Pool } from 'undici';
import { percentiles } from './percentiles.mjs';
import { referenceMicroseconds } from './reference.mjs';
import { readUsage, usageBetween } from './usage.mjs';

const BUYERS = 1_000;
const UNITS = 10;
const ADDRESS = { name: 'Rahul Verma', line1: '12 MG Road', city: 'Bengaluru', state: 'Karnataka', pincode: '560001' };

/** @returns {Promise<object>} answers by status, what was wrong with them, and how long they took */
export async function runLastUnits({ settings, processes }, { admin }) {
  const product = await admin.post('/products', { name: `Last ${Date.now()}`, basePrice: 1000, stock: UNITS });
  const referenceUs = referenceMicroseconds();
  const gateway = new Pool(`http://127.0.0.1:${settings.gatewayPort}`, { connections: BUYERS, pipelining: 1 });
  // They have looked at the product, so their connections are open.
  await Promise.all(Array.from({ length: BUYERS }, () => look(gateway, product)));
  const watched = [...processes, { name: 'load generator', pid: process.pid }];
  const before = await readUsage(watched);
  const startedAt = performance.now();
  const answers = await Promise.all(Array.from({ length: BUYERS }, (_, index) => buy(gateway, product, index)));
  const seconds = (performance.now() - startedAt) / 1_000;
  const usage = usageBetween(before, await readUsage(watched));
  await gateway.close();
  const counts = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return {
    buyers: BUYERS,
    units: UNITS,
    answers: counts,
    wrong: faultsOf(answers, product),
    seconds,
    usage,
    referenceUs,
    ...percentiles(answers.map(({ ms }) => ms)),
  };
}

async function look(gateway, product) {
  const { statusCode, body } = await gateway.request({ method: 'GET', path: `/products/${product.id}` });
  await body.dump();
  if (statusCode !== 200) throw new Error(`The product's page answered ${statusCode}.`);
}

/** A guest: a thousand accounts would be a thousand passwords to hash first. */
async function buy(gateway, product, index) {
  const startedAt = performance.now();
  const { statusCode, body } = await gateway.request({
    method: 'POST',
    path: '/orders',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      shippingAddress: ADDRESS,
      items: [{ productId: product.id, quantity: 1 }],
      email: `last.${index}@example.com`,
      phone: `+9197${String(10_000_000 + index)}`,
    }),
  });
  const answer = await body.json();
  return { status: statusCode, answer, ms: performance.now() - startedAt };
}

function faultsOf(answers, product) {
  const sold = answers.filter(({ status }) => status === 201).length;
  const wrong = sold === UNITS ? [] : [`${sold} orders for ${UNITS} units`];
  const [variant] = product.variants;
  const expected = JSON.stringify([{ variantId: variant.id, requested: 1, available: 0 }]);
  const unclean = answers.filter(
    ({ status, answer }) => status !== 201 && (status !== 409 || JSON.stringify(answer.details?.items) !== expected),
  );
  return [...wrong, ...unclean.slice(0, 5).map(({ status, answer }) => `${status}: ${JSON.stringify(answer)}`)];
}
