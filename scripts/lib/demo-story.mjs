// The story that `npm run demo` tells, chapter by chapter. Everything happens over the public HTTP API.
import { randomBytes } from 'node:crypto';
import { apiClient, signInOrRegister } from './api-client.mjs';
import { findDatabases } from './find-databases.mjs';
import { verifyInvariants } from './invariants.mjs';
import { PASSWORD, PEOPLE, PRODUCTS } from './seed-data.mjs';
import { rupees, Story, until } from './story.mjs';

const quantity = 2;
const sellerPrice = 1500;
const browser = {
  'user-agent': 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36',
};

/** @returns {Promise<string[]>} the figures that were wrong */
export async function tellTheStory({ gatewayUrl, sandboxUrl }) {
  const story = new Story();
  const api = apiClient(gatewayUrl);
  const scene = { story, api, gatewayUrl, sandboxUrl };
  const reseller = await resellerSharesAProduct(scene);
  const order = await customerOrders(scene, reseller);
  await customerPays(scene, reseller, order);
  await parcelArrives(scene, reseller, order);
  await resellerIsPaid(scene, reseller);
  await linkStatistics(scene, reseller, order);
  await invariantsHold(scene);
  return story.wrong;
}

const person = (role) => ({ ...PEOPLE.find((one) => one.role === role), password: PASSWORD });

async function resellerSharesAProduct({ story, api }) {
  story.step('A reseller signs in and finds a product');
  const { user, api: mine } = await signInOrRegister(api, person('RESELLER'));
  story.tell(`${user.firstName} ${user.lastName} (${user.email}), ${user.roles.join(', ')}, id ${user.id}`);
  const { data: found } = await mine.get(`/products?q=${encodeURIComponent(PRODUCTS[0].name)}&take=1`);
  const [product] = found;
  if (product === undefined) throw new Error(`The catalogue has no ${PRODUCTS[0].name}: run npm run seed first.`);
  const variant = product.variants.find((one) => one.available >= quantity) ?? product.variants[0];
  story.tell(`${product.name}, ${variant.name}, base price ${rupees(variant.price)}, id ${product.id}`);

  story.step('checks the margin');
  const margin = await mine.post('/pricing/validate-margin', {
    productId: product.id,
    variantId: variant.id,
    sellerPrice,
  });
  story.mustBe('the price is allowed', margin.valid, true);
  story.mustBe('margin', margin.margin, sellerPrice - variant.price);
  const quote = await mine.post('/pricing/calculate', {
    sellerId: user.id,
    items: [{ productId: product.id, variantId: variant.id, quantity, sellerPrice }],
  });
  story.mustBe(`commission on ${quantity} at ${rupees(sellerPrice)}`, quote.commission, (quantity * sellerPrice) / 10);

  story.step('and makes a share link');
  const link = await mine.post('/share-links', { productId: product.id, sellerPrice });
  story.tell(`${link.url} at ${rupees(link.sellerPrice)}`);
  const wallet = await mine.get(`/wallets/${user.id}`);
  const stats = await mine.get(`/share-links/${link.code}/stats`);
  return { user, mine, product, variant, link, wallet, stats };
}

async function customerOrders({ story, api, gatewayUrl }, { user, product, variant, link }) {
  story.step('A visitor opens the link');
  const page = await fetch(`${gatewayUrl}/share/${link.code}`, { headers: browser });
  story.mustBe('the page', page.status, 200);
  story.mustBe('it previews in a messenger', /property="og:title"/.test(await page.text()), true);

  story.step('registers');
  const email = `visitor.${randomBytes(4).toString('hex')}@example.com`;
  const { user: customer, api: mine } = await signInOrRegister(api, {
    email,
    password: PASSWORD,
    firstName: 'Kavya',
    lastName: 'Rao',
    role: 'CUSTOMER',
  });
  story.tell(`${customer.firstName} ${customer.lastName} (${customer.email})`);

  story.step('and orders through it');
  const { available } = await stockOf(mine, product, variant);
  const order = await mine.post('/orders', {
    userId: customer.id,
    sellerId: user.id,
    shareLinkId: link.id,
    shippingAddress: '123 Main St, Bengaluru, Karnataka 560001',
    items: [{ productId: product.id, variantId: variant.id, quantity, sellerPrice }],
  });
  story.tell(`${order.orderNumber}, ${order.status}, pay before ${order.paymentExpiresAt}`);
  story.mustBe('subtotal', order.subtotal, quantity * sellerPrice);
  story.mustBe('total', order.total, quantity * sellerPrice);
  story.mustBe('commission', order.commission, (quantity * sellerPrice) / 10);
  const reserved = await stockOf(mine, product, variant);
  story.mustBe('available after reserving', reserved.available, available - quantity);
  return { ...order, mine, stockBefore: reserved.stock };
}

async function stockOf(api, product, variant) {
  const check = await api.get(`/products/${product.id}/stock/check?variantId=${variant.id}`);
  return { stock: check.stockQuantity, available: check.availableStock };
}

async function customerPays({ story, sandboxUrl }, { user, mine: reseller, product, variant, wallet }, order) {
  story.step('The customer pays at the sandbox, and its signed webhook arrives');
  const { payment, razorpayOrder } = await order.mine.post('/payments/razorpay/create-order', {
    orderId: order.id,
    userId: order.userId,
    amount: order.total,
    currency: 'INR',
    method: 'UPI',
  });
  story.tell(`Razorpay order ${razorpayOrder.id}, receipt ${razorpayOrder.receipt}`);
  story.mustBe('amount in paise', razorpayOrder.amount, order.total * 100);
  const paid = await apiClient(sandboxUrl).post(`/sandbox/orders/${razorpayOrder.id}/pay`, {
    outcome: 'success',
    method: 'upi',
  });
  story.tell(`paid as ${paid.razorpay_payment_id}`);
  const after = await until(
    () => order.mine.get(`/orders/${order.id}`),
    ({ status }) => status === 'PAID',
  );
  story.mustBe('the order is', after.status, 'PAID');
  const settled = await order.mine.get(`/payments/${payment.id}`);
  story.mustBe('the payment is', settled.status, 'SUCCESS');
  const sold = await until(
    () => stockOf(order.mine, product, variant),
    ({ stock }) => stock === order.stockBefore - quantity,
  );
  story.mustBe('stock after the sale', sold.stock, order.stockBefore - quantity);
  const pending = wallet.pendingBalance + order.commission;
  const now = await until(
    () => reseller.get(`/wallets/${user.id}`),
    ({ pendingBalance }) => pendingBalance === pending,
  );
  story.mustBe('commission pending in the wallet', now.pendingBalance, pending);
}

async function parcelArrives({ story, api }, { user, mine: reseller, wallet }, order) {
  story.step('An administrator ships and delivers the parcel');
  const { api: admin } = await signInOrRegister(api, person('ADMIN'));
  const shipped = await admin.patch(`/orders/${order.id}/ship`, {
    carrier: 'India Post',
    trackingNumber: 'EX123456789IN',
  });
  story.mustBe('the order is', shipped.status, 'SHIPPED');
  const delivered = await admin.patch(`/orders/${order.id}/deliver`, {});
  story.mustBe('the order is', delivered.status, 'DELIVERED');
  const available = wallet.availableBalance + order.commission;
  const now = await until(
    () => reseller.get(`/wallets/${user.id}`),
    ({ availableBalance }) => availableBalance === available,
  );
  story.mustBe('commission available in the wallet', now.availableBalance, available);
  story.mustBe('pending again as before', now.pendingBalance, wallet.pendingBalance);
}

async function resellerIsPaid({ story, api }, { user, mine: reseller }) {
  story.step('The reseller asks for a payout; the administrator approves and completes it');
  const { availableBalance: amount } = await reseller.get(`/wallets/${user.id}`);
  const payout = await reseller.post(`/wallets/${user.id}/payouts`, { amount, bankAccount: 'Account ending in 1234' });
  story.tell(`${rupees(payout.amount)}, ${payout.status}, id ${payout.id}`);
  const { api: admin } = await signInOrRegister(api, person('ADMIN'));
  const approved = await admin.patch(`/wallets/payouts/${payout.id}`, { status: 'APPROVED' });
  story.mustBe('the payout is', approved.status, 'APPROVED');
  const completed = await admin.patch(`/wallets/payouts/${payout.id}`, { status: 'COMPLETED', notes: 'Transferred' });
  story.mustBe('the payout is', completed.status, 'COMPLETED');
  const after = await reseller.get(`/wallets/${user.id}`);
  story.mustBe('left in the wallet', after.availableBalance, 0);
}

async function linkStatistics({ story }, { mine: reseller, link, stats }, order) {
  story.step('What the link brought');
  const now = await until(
    () => reseller.get(`/share-links/${link.code}/stats`),
    ({ clicks, conversions }) => clicks > stats.clicks && conversions > stats.conversions,
  );
  story.mustBe('clicks', now.clicks, 1);
  story.mustBe('conversions', now.conversions, 1);
  story.mustBe('conversion rate in percent', now.conversionRate, 100);
  story.mustBe('revenue', now.totalRevenue, order.total);
}

async function invariantsHold({ story }) {
  story.step('Stock, orders, payments, wallets and links agree');
  const databases = await findDatabases();
  try {
    const { rules, orders, violations } = await verifyInvariants(databases);
    story.tell(`${rules} rules over ${orders} orders`);
    for (const { service, rule, rows } of violations) story.tell(`broken: ${service}: ${rule} ${JSON.stringify(rows)}`);
    story.mustBe('broken rules', violations.length, 0);
  } finally {
    await databases.stop();
  }
}
