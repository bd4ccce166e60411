// The catalogue, resellers, buyers and share links that the load runs on, made through the API.
import { loadCreateAdmin } from '../../scripts/create-admin.mjs';
import { apiClient } from '../../scripts/lib/api-client.mjs';
import { urlOfDatabase } from '../../scripts/lib/service-env.mjs';

const PASSWORD = 'bench-password-1';
const PRODUCTS = 40;
const RESELLERS = 8;
const BUYERS = 32;
const BASE_PRICE = 1000;
const SELLER_PRICE = 1500;

const AT_ONCE = 4;

/** A few at a time: hashing forty passwords at once would make a busy machine late for everything else. */
async function times(count, make) {
  const made = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const index = next++;
      made[index] = await make(index);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return made;
}

/** @returns {Promise<{ admin: object, products: object[], links: object[], buyers: { userId: string, accessToken: string }[] }>} */
export async function openShop({ settings, services, postgres }) {
  const api = apiClient(settings.gatewayUrl.replace('localhost', '127.0.0.1'));
  const admin = await signInAdmin(api, { settings, postgres });
  const category = await admin.post('/categories', { slug: 'bench', name: 'Benchmark' });
  const products = await times(PRODUCTS, (index) => admin.post('/products', productOf(index, category.id)));
  const resellers = await times(RESELLERS, (index) => register(api, 'RESELLER', index));
  const buyers = await times(BUYERS, (index) => register(api, 'CUSTOMER', index));
  if (!services.some(({ name }) => name === 'share-link')) return { admin, products, links: [], buyers };
  const links = await times(PRODUCTS, async (index) => {
    const seller = resellers[index % RESELLERS];
    const body = { productId: products[index].id, sellerPrice: SELLER_PRICE };
    const { id, code } = await patiently(() => api.as(seller.accessToken).post('/share-links', body));
    return {
      id,
      code,
      productId: products[index].id,
      variantIds: products[index].variants.map((variant) => variant.id),
    };
  });
  return { admin, products, links, buyers };
}

const productOf = (index, categoryId) => ({
  name: `Benchmark Saree ${index}`,
  slug: `benchmark-saree-${index}`,
  description: 'Handwoven silk with a zari border; blouse piece included. '.repeat(4).trim(),
  basePrice: BASE_PRICE,
  hsn: '5007',
  categoryId,
  images: [{ url: `https://images.example.com/catalogue/benchmark-saree-${index}.jpg`, isPrimary: true }],
  variants: ['Maroon', 'Peacock Blue', 'Mustard'].map((value) => ({
    price: BASE_PRICE,
    mrp: 2499,
    stock: 100_000_000,
    optionValues: [{ optionName: 'Colour', value }],
  })),
});

async function signInAdmin(api, { settings, postgres }) {
  const createAdmin = await loadCreateAdmin();
  const { database } = settings.services.find(({ name }) => name === 'auth');
  const email = 'bench-admin@example.com';
  await createAdmin({
    databaseUrl: urlOfDatabase(postgres.url, database),
    email,
    password: PASSWORD,
    firstName: 'Asha',
    lastName: 'Menon',
  });
  const { accessToken } = await api.post('/auth/login', { email, password: PASSWORD });
  return api.as(accessToken);
}

async function register(api, role, index) {
  const email = `bench-${role.toLowerCase()}-${index}@example.com`;
  const phone = `+9198${role === 'RESELLER' ? '1' : '2'}${String(index).padStart(7, '0')}`;
  const body = { role, email, phone, password: PASSWORD, firstName: 'Rahul', lastName: 'Verma' };
  const { user, accessToken } = await api.post('/auth/register', body);
  return { userId: user.id, accessToken };
}

/** Right after a start another service may not have heard yet of what was just made. */
async function patiently(work) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
