// Who and what the storm is about, made through the API before it begins.
import { apiClient, signInOrRegister } from '../api-client.mjs';
import { PASSWORD, PEOPLE } from '../seed-data.mjs';
import { until } from '../story.mjs';

const PRODUCTS = 6;
const CUSTOMERS = 8;
const RESELLERS = 3;
const BASE_PRICE = 1_000;
const SELLER_PRICE = 1_500;

/** @returns {Promise<object>} tokens of two administrators, customers, products and links */
export async function openShop({ settings }, tag) {
  const api = apiClient(settings.gatewayUrl);
  const [adminPerson] = PEOPLE;
  const first = await api.post('/auth/login', { email: adminPerson.email, password: PASSWORD });
  const admin = api.as(first.accessToken);
  const second = await admin.post('/auth/register', personOf('ADMIN', 0, tag));
  const products = [];
  for (let index = 0; index < PRODUCTS; index += 1) {
    // The last one is scarce: buyers meet at its end.
    const stock = index === PRODUCTS - 1 ? 30 : 5_000;
    products.push(await admin.post('/products', { name: `Storm ${tag} ${index}`, basePrice: BASE_PRICE, stock }));
  }
  const customers = [];
  for (let index = 0; index < CUSTOMERS; index += 1)
    customers.push(await api.post('/auth/register', personOf('CUSTOMER', index, tag)));
  const links = [];
  for (let index = 0; index < RESELLERS; index += 1) {
    const { api: reseller } = await signInOrRegister(api, personOf('RESELLER', index, tag));
    for (const { id: productId } of products) links.push({ productId, ...(await linkOf(reseller, productId)) });
  }
  const tokens = (sessions) => sessions.map(({ accessToken }) => accessToken);
  return { admins: tokens([first, second]), customers: tokens(customers), products, links };
}

const personOf = (role, index, tag) => ({
  role,
  email: `storm.${role.toLowerCase()}.${index}.${tag}@example.com`,
  password: PASSWORD,
  firstName: 'Kavya',
  lastName: 'Nair',
});

/** Right after a start another service may not have heard yet of what was just made. */
const linkOf = (reseller, productId) =>
  until(
    () => reseller.post('/share-links', { productId, sellerPrice: SELLER_PRICE }).catch(() => undefined),
    (link) => link !== undefined,
  );
