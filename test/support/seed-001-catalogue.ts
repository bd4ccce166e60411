import { describe, expect, it } from '@jest/globals';
import { eventually } from '@reseller/testing';
import type { Platform } from './platform.js';
import { bodyOf, unique, type List, type Person, type Product, type Session } from './shop.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

interface Scene {
  readonly platform: Platform;
  readonly admin: Person;
  readonly customer: Person;
  /** The path as this run writes it: at the root or under /api. */
  readonly at: (path: string) => string;
}

/** Seed 001's requests about people, categories and products. */
export function catalogueRequests(scene: () => Scene): void {
  describe('authentication', () => {
    const credentials = { email: `user.${unique()}@example.com`, password: 'password123' };
    const session = {
      accessToken: expect.stringMatching(JWT),
      refreshToken: expect.any(String),
      user: {
        id: expect.stringMatching(UUID),
        email: credentials.email,
        firstName: 'John',
        lastName: 'Doe',
        roles: ['CUSTOMER'],
      },
    };

    it('registers, signs in, refreshes and tells who one is', async () => {
      const { api } = scene().platform;
      const registered = await api.post<Session>(scene().at('/auth/register'), {
        ...credentials,
        firstName: 'John',
        lastName: 'Doe',
        phone: '+1234567890',
        role: 'CUSTOMER',
      });
      expect(bodyOf(registered, 201)).toMatchObject(session);

      const signedIn = bodyOf(await api.post<Session>(scene().at('/auth/login'), credentials), 200);
      expect(signedIn).toMatchObject(session);

      const { refreshToken } = signedIn;
      const refreshed = bodyOf(await api.post<Session>(scene().at('/auth/refresh'), { refreshToken }), 200);
      expect(refreshed).toMatchObject(session);
      expect(refreshed.refreshToken).not.toBe(refreshToken);

      const me = await api.get(scene().at('/auth/me'), { authorization: `Bearer ${refreshed.accessToken}` });
      expect(bodyOf(me, 200)).toMatchObject(session.user);
    });

    it('answers a wrong token and a wrong password with 401', async () => {
      bodyOf(await scene().platform.api.get(scene().at('/auth/me'), { authorization: 'Bearer <token>' }), 401);
      bodyOf(
        await scene().platform.api.post(scene().at('/auth/login'), { ...credentials, password: 'password124' }),
        401,
      );
    });
  });

  describe('products', () => {
    it('lets an administrator create, change and delete categories and products, and anybody read them', async () => {
      const slug = `category-slug-${unique()}`;
      const category = bodyOf(
        await scene().admin.api.post<{ id: string }>(scene().at('/categories'), {
          name: 'Category Name',
          description: 'Category description',
          slug,
        }),
        201,
      );
      expect(category).toMatchObject({
        id: expect.stringMatching(UUID),
        name: 'Category Name',
        description: 'Category description',
        slug,
      });
      const categories = bodyOf(await scene().platform.api.get<List<{ id: string }>>(scene().at('/categories')), 200);
      expect(categories.data.map(({ id }) => id)).toContain(category.id);

      const created = await scene().admin.api.post<Product>(scene().at('/products'), {
        name: 'Product Name',
        description: 'Description',
        basePrice: 1000.0,
        categoryId: category.id,
        variants: [
          {
            price: 1000.0,
            stock: 100,
            optionValues: [
              { optionName: 'Color', value: 'Red' },
              { optionName: 'Size', value: 'L' },
            ],
          },
        ],
        images: [{ url: 'https://example.com/image.jpg', isPrimary: true }],
      });
      const printed = {
        id: expect.stringMatching(UUID),
        name: 'Product Name',
        slug: expect.stringMatching(/^product-name/),
        description: 'Description',
        basePrice: 1000,
        isActive: true,
        category: { id: category.id, name: 'Category Name' },
        variants: [
          {
            price: 1000,
            stock: 100,
            optionValues: [
              { optionName: 'Color', value: 'Red' },
              { optionName: 'Size', value: 'L' },
            ],
          },
        ],
        images: [{ url: 'https://example.com/image.jpg', isPrimary: true }],
      };
      const made = bodyOf(created, 201);
      expect(made).toMatchObject(printed);

      const list = await eventually(async () => {
        const path = scene().at(`/products?skip=0&take=10&categoryId=${category.id}&isActive=true`);
        const page = bodyOf(await scene().platform.api.get<List<Product>>(path), 200);
        expect(page.total).toBe(1);
        return page;
      });
      expect(list).toMatchObject({ data: [printed], total: 1, skip: 0, take: 10 });
      expect(bodyOf(await scene().platform.api.get(scene().at(`/products/${made.id}`)), 200)).toMatchObject(printed);
      expect(bodyOf(await scene().platform.api.get(scene().at(`/products/slug/${made.slug}`)), 200)).toMatchObject(
        printed,
      );

      const renamed = await scene().admin.api.patch(scene().at(`/products/${made.id}`), { name: 'Product Name 2' });
      expect(bodyOf(renamed, 200)).toMatchObject({ id: made.id, name: 'Product Name 2', slug: made.slug });
      expect((await scene().admin.api.delete(scene().at(`/products/${made.id}`))).status).toBeLessThan(300);
      await eventually(async () => bodyOf(await scene().platform.api.get(scene().at(`/products/${made.id}`)), 404));
    });

    it('refuses whoever is not an administrator', async () => {
      bodyOf(await scene().customer.api.post(scene().at('/categories'), { name: 'Category Name' }), 403);
      bodyOf(
        await scene().platform.api.post(scene().at('/products'), { name: 'Product Name', basePrice: 1000.0 }),
        401,
      );
    });
  });
}
