// Fills a platform through its own API: people, categories and products. What is there already stays as it is.
import { loadCreateAdmin } from '../create-admin.mjs';
import { apiClient, signInOrRegister } from './api-client.mjs';
import { CATEGORIES, PASSWORD, PEOPLE, PRODUCTS } from './seed-data.mjs';
import { urlOfDatabase } from './service-env.mjs';

/** @returns {Promise<{ created: boolean }>} false when the platform was seeded before */
export async function seed({ settings, postgres, services, memory, save }) {
  const where = placeOf(postgres, settings.services[0].database);
  if (memory.seeded === where) return { created: false };
  if (!services.some(({ name }) => name === 'product')) return { created: false };
  const api = apiClient(settings.gatewayUrl);
  const [adminPerson, ...others] = PEOPLE;
  await createFirstAdmin(adminPerson, { settings, postgres });
  const { api: admin } = await signInOrRegister(api, { ...adminPerson, password: PASSWORD });
  for (const person of others) await signInOrRegister(api, { ...person, password: PASSWORD });
  const categoryIds = await createCategories(admin);
  await createProducts(admin, categoryIds);
  memory.seeded = where;
  save();
  return { created: true };
}

/** Names the data: the embedded server takes a free port at each start and keeps its data where this is remembered. */
function placeOf({ kind, url }, database) {
  return kind === 'embedded' ? `embedded/${database}` : urlOfDatabase(url, database).replace(/\/\/[^@]*@/, '//');
}

/** The first administrator cannot be made through the API, for only administrators make administrators. */
async function createFirstAdmin({ email, firstName, lastName }, { settings, postgres }) {
  const createAdmin = await loadCreateAdmin();
  const { database } = settings.services.find(({ name }) => name === 'auth');
  await createAdmin({
    databaseUrl: urlOfDatabase(postgres.url, database),
    email,
    password: PASSWORD,
    firstName,
    lastName,
  });
}

async function createCategories(admin) {
  const ids = new Map((await admin.get('/categories?take=100')).data.map(({ slug, id }) => [slug, id]));
  for (const { parent, ...category } of CATEGORIES) {
    if (ids.has(category.slug)) continue;
    const parentId = parent === undefined ? {} : { parentId: ids.get(parent) };
    const { id } = await admin.post('/categories', { ...category, ...parentId });
    ids.set(category.slug, id);
  }
  return ids;
}

async function createProducts(admin, categoryIds) {
  for (const { category, ...product } of PRODUCTS)
    await admin.post('/products', { ...product, categoryId: categoryIds.get(category) }).catch((error) => {
      if (error.status !== 409) throw error;
    });
}
