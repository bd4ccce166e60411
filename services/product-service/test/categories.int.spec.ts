import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ProductFact } from '@reseller/contracts';
import { Database } from '@reseller/persistence';
import { newId } from '@reseller/runtime';
import { eventually, watchStatements } from '@reseller/testing';
import type { CategoryView, ListedCategoryView } from '../src/categories/categories.schemas.js';
import { categoryTreeLock } from '../src/products/product.repository.js';
import type { ProductView } from '../src/products/products.schemas.js';
import {
  ADMIN,
  adminOf,
  createProduct,
  eventsOf,
  startProductService,
  type Problem,
  type ProductService,
} from './product-fixture.js';

const statements = watchStatements();

interface Page<T> {
  readonly data: readonly T[];
  readonly total: number;
}

let service: ProductService;
beforeAll(async () => {
  service = await startProductService();
});
afterAll(() => service.stop());

const admin = () => service.client.as(ADMIN);
const anyone = () => service.client.anonymous();

async function create(parentId: string | null = null, name = `Category ${newId()}`): Promise<CategoryView> {
  const answer = await admin().post<CategoryView>('/categories', { name, parentId });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}

/** Ids from the root down. */
async function chain(length: number): Promise<string[]> {
  const ids: string[] = [];
  for (let level = 0; level < length; level += 1) ids.push((await create(ids.at(-1) ?? null)).id);
  return ids;
}

describe('categories', () => {
  it('are made from the body that 001 prints and read by anybody', async () => {
    const made = await admin().post<CategoryView>('/categories', {
      name: 'Category Name',
      description: 'Category description',
      slug: 'category-slug',
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      name: 'Category Name',
      description: 'Category description',
      slug: 'category-slug',
      parentId: null,
    });
    expect((await anyone().get<CategoryView>(`/categories/${made.body.id}`)).body).toEqual(made.body);
    expect((await anyone().get<Page<CategoryView>>('/categories')).body.data).toContainEqual(made.body);
    expect((await anyone().post('/categories', { name: 'X' })).status).toBe(401);
    expect((await admin().post<Problem>('/categories', { name: 'X', slug: 'category-slug' })).body.code).toBe(
      'SLUG_TAKEN',
    );
  });

  it('are not changed or deleted over a change that nobody has seen', async () => {
    const { id } = await create();
    const path = `/categories/${id}`;
    const seen = { 'if-match': (await anyone().get(path)).headers.get('etag') ?? '' };
    expect(seen).toEqual({ 'if-match': '"1"' });
    const changed = await admin().patch(path, { name: 'Changed' }, seen);
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"']);
    const stale = { status: 412, body: { code: 'VERSION_MISMATCH' } };
    expect(await admin().patch(path, { name: 'Lost' }, seen)).toMatchObject(stale);
    expect(await admin().delete(path, seen)).toMatchObject(stale);
    expect((await anyone().get(path)).body).toMatchObject({ name: 'Changed', version: 2 });
    expect(await admin().patch(path, { name: 'Without' })).toMatchObject({ status: 200, body: { version: 3 } });
    expect((await admin().delete(path, { 'if-match': '"3"' })).status).toBe(204);
  });

  it('number slugs that come from the same name', async () => {
    const name = `Twin ${newId()}`;
    const [first, second] = [await create(null, name), await create(null, name)];
    expect(second.slug).toBe(`${first.slug}-2`);
  });

  it('are listed by parent and as a tree', async () => {
    const [root = '', middle = '', leaf = ''] = await chain(3);
    const below = await anyone().get<Page<CategoryView>>(`/categories?parentId=${root}`);
    expect(below.body.data.map(({ id }) => id)).toEqual([middle]);
    const roots = await anyone().get<Page<CategoryView>>('/categories?parentId=root&take=100');
    expect(roots.body.data.every(({ parentId }) => parentId === null)).toBe(true);
    const tree = await anyone().get<Page<ListedCategoryView>>('/categories?tree=true');
    expect(tree.body.data.find(({ id }) => id === root)).toMatchObject({
      children: [{ id: middle, children: [{ id: leaf, children: [] }] }],
    });
  });

  it('find the products of everything below them', async () => {
    const [root = '', middle = '', leaf = ''] = await chain(3);
    const inLeaf = await createProduct(service.client, { categoryId: leaf });
    const inRoot = await createProduct(service.client, { categoryId: root });
    const idsOf = async (categoryId: string) =>
      (await anyone().get<Page<ProductView>>(`/products?categoryId=${categoryId}`)).body.data.map(({ id }) => id);
    expect((await idsOf(root)).sort()).toEqual([inLeaf.id, inRoot.id].sort());
    expect(await idsOf(middle)).toEqual([inLeaf.id]);
    expect(inLeaf.category).toMatchObject({ id: leaf });
    expect(await eventsOf<ProductFact>(service, 'PRODUCT_CREATED', inLeaf.id)).toMatchObject([
      { data: { categoryId: leaf, categoryPath: [root, middle, leaf] } },
    ]);
    expect((await admin().post<Problem>('/products', { name: 'X', basePrice: 1, categoryId: newId() })).body.code).toBe(
      'CATEGORY_UNKNOWN',
    );
  });

  it('refuse to lie below themselves, also when two moves come together', async () => {
    const [root = '', middle = '', leaf = ''] = await chain(3);
    const move = (id: string, parentId: string) => admin().patch<Problem>(`/categories/${id}`, { parentId });
    expect((await move(root, leaf)).body.code).toBe('CATEGORY_CYCLE');
    expect((await move(middle, middle)).body.code).toBe('CATEGORY_CYCLE');
    const [left, right] = [(await create()).id, (await create()).id];
    const both = await Promise.all([move(left, right), move(right, left)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 422]);
  });

  it('are at most six levels deep', async () => {
    const ids = await chain(6);
    expect((await admin().post<Problem>('/categories', { name: 'Seventh', parentId: ids[5] })).body.code).toBe(
      'CATEGORY_TOO_DEEP',
    );
    const [top = ''] = await chain(2);
    expect((await admin().patch<Problem>(`/categories/${top}`, { parentId: ids[4] })).body.code).toBe(
      'CATEGORY_TOO_DEEP',
    );
  });

  it('that are just being moved hold up who puts a product into them: its event has the new path', async () => {
    const [root = '', leaf = ''] = await chain(2);
    const other = await create();
    const early = await createProduct(service.client, {});
    let putting: Promise<unknown> = Promise.resolve();
    await service.app.get(Database).sqlTransaction(async (tx) => {
      await tx.query('select pg_advisory_xact_lock(hashtextextended($1::text, 0)) is null as locked', [
        categoryTreeLock(other.businessId),
      ]);
      await tx.query('update categories set parent_id = $2 where id = $1', [root, other.id]);
      putting = Promise.all([
        createProduct(service.client, { categoryId: leaf }),
        admin().patch(`/products/${early.id}`, { categoryId: leaf }),
      ]);
      await eventually(async () => {
        const waiting = await service.db.query(
          `select 1 from pg_locks join pg_database d on d.oid = database
           where locktype = 'advisory' and not granted and d.datname = current_database()`,
        );
        return waiting.length === 2;
      });
    });
    const [created] = (await putting) as [ProductView];
    const categoryPath = [other.id, root, leaf];
    expect(await eventsOf<ProductFact>(service, 'PRODUCT_CREATED', created.id)).toMatchObject([
      { data: { categoryPath } },
    ]);
    expect(await eventsOf<ProductFact>(service, 'PRODUCT_UPDATED', early.id)).toMatchObject([
      { data: { categoryPath } },
    ]);
  });

  it('tell of the products below when they move', async () => {
    const [root = '', leaf = ''] = await chain(2);
    const other = await create();
    const product = await createProduct(service.client, { categoryId: leaf });
    expect((await admin().patch(`/categories/${root}`, { parentId: other.id, name: 'Moved' })).status).toBe(200);
    expect(await eventsOf<ProductFact>(service, 'PRODUCT_UPDATED', product.id)).toMatchObject([
      { aggregateVersion: 2, data: { categoryPath: [other.id, root, leaf] } },
    ]);
  });

  it('move at the same cost in statements, however many products lie below', async () => {
    const target = await create();
    const costOfMoving = async (products: number) => {
      const [root = '', leaf = ''] = await chain(2);
      for (let n = 0; n < products; n += 1) await createProduct(service.client, { categoryId: leaf });
      const move = () => admin().patch(`/categories/${root}`, { parentId: target.id });
      return (await statements.during(move)).length;
    };
    expect(await costOfMoving(12)).toBe(await costOfMoving(2));
  });

  it('are deleted when nothing is in them', async () => {
    const [root = '', leaf = ''] = await chain(2);
    const product = await createProduct(service.client, { categoryId: leaf });
    expect(await admin().delete<Problem>(`/categories/${root}`)).toMatchObject({
      status: 409,
      body: { code: 'CATEGORY_NOT_EMPTY', details: { children: 1 } },
    });
    expect(await admin().delete<Problem>(`/categories/${leaf}`)).toMatchObject({
      status: 409,
      body: { details: { products: 1 } },
    });
    await admin().delete(`/products/${product.id}`);
    expect((await admin().delete(`/categories/${leaf}`)).status).toBe(204);
    expect((await admin().delete(`/categories/${root}`)).status).toBe(204);
    expect((await anyone().get(`/categories/${root}`)).status).toBe(404);
  });

  it('of another business are not there for an administrator of one business', async () => {
    const category = await create();
    const businessId = newId();
    const theirs = service.client.as(adminOf(businessId));
    expect((await theirs.post<Problem>('/categories', { name: 'Ours' })).body.code).toBe('BUSINESS_UNKNOWN');
    service.auth.answers.set(`/internal/businesses/${businessId}`, {
      businessId,
      name: 'B',
      isActive: true,
      version: 1,
    });
    const own = await theirs.post<{ id: string }>('/categories', { name: 'Ours' });
    expect((await theirs.get<{ data: { id: string }[] }>('/categories')).body.data.map(({ id }) => id)).toEqual([
      own.body.id,
    ]);
    expect((await theirs.patch(`/categories/${category.id}`, { name: 'Mine' })).status).toBe(404);
    expect((await theirs.delete(`/categories/${category.id}`)).status).toBe(404);
  });
});
