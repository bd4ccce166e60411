import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@reseller/runtime';
import { productFact } from '@reseller/testing';
import { ProductCopies } from '../src/product-copies/product-copies.js';
import { startShareLinks, visitor, type ShareLinkFixture } from './share-link-fixture.js';

let service: ShareLinkFixture;
beforeAll(async () => {
  service = await startShareLinks();
});
afterAll(() => service.stop());

async function linkOf(body: object = {}) {
  const owner = service.client.as({ userId: newId(), roles: ['RESELLER'] });
  const answer = await owner.post<{ code: string }>('/share-links', body);
  return { code: answer.body.code, owner };
}

const open = (code: string) => service.client.anonymous().get<string>(`/share/${code}`, visitor('203.0.113.1'));

describe('GET /share/:code', () => {
  it('is a page with product, price, buy button and what a messenger previews', async () => {
    const { productId } = service.offer();
    const { code } = await linkOf({ productId, sellerPrice: 1234.5 });
    const { status, headers, body } = await open(code);
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
      200,
      'text/html; charset=utf-8',
      'private, no-store',
    ]);
    for (const part of [
      '<h1>Block-print kurta</h1>',
      '₹1,234.50',
      `href="https://app.example/buy/${code}"`,
      '<meta property="og:title" content="Block-print kurta">',
      '<meta property="og:description" content="Hand-printed cotton from Jaipur.">',
      '<meta property="og:image" content="https://pictures.example/kurta.jpg">',
      `<meta property="og:url" content="https://shop.example/share/${code}">`,
      '<meta property="product:price:amount" content="1234.50">',
      '<meta property="product:price:currency" content="INR">',
      '<meta name="twitter:card" content="summary_large_image">',
    ]) {
      expect(body).toContain(part);
    }
  });

  it('lets nothing that a seller wrote become markup or an address that runs', async () => {
    const { productId } = service.offer(
      productFact({
        name: `"><script>alert(1)</script>`,
        description: `</style><img src=x onerror='x'>`,
        imageUrl: 'javascript:alert(1)',
      }),
    );
    const { code } = await linkOf({ productId });
    const { headers, body } = await open(code);
    expect(body).not.toMatch(/<script|<img|javascript:|'x'/);
    expect(body).toContain('&quot;&gt;&lt;script&gt;');
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*style-src 'sha256-/);
  });

  it('of a whole shop says so and leads there', async () => {
    const { code } = await linkOf();
    const { body } = await open(code);
    expect(body).toContain(`href="https://app.example/?ref=${code}"`);
    expect(body).toContain('shared their shop');
  });

  it('shows a product that is not for sale without a button', async () => {
    const fact = service.offer();
    const { code } = await linkOf({ productId: fact.productId });
    const inactive = { ...fact, isActive: false };
    await service.db.query('update product_copies set product = $2 where id = $1', [
      fact.productId,
      JSON.stringify(inactive),
    ]);
    service.app.get(ProductCopies).changed(fact.productId);
    const { status, body } = await open(code);
    expect([status, body.includes('not for sale'), body.includes('/buy/')]).toEqual([200, true, false]);
  });

  it('shows a product whose base price rose above the price of the link without a button', async () => {
    const fact = service.offer();
    const { code } = await linkOf({ productId: fact.productId, sellerPrice: 1200 });
    await open(code);
    const variants = [1_500_00, 1_200_00].map((pricePaise) => ({
      ...fact.variants[0],
      variantId: newId(),
      pricePaise,
    }));
    const shown = async (some: object[]) => {
      await service.db.query('update product_copies set product = $2 where id = $1', [
        fact.productId,
        JSON.stringify({ ...fact, variants: some }),
      ]);
      service.app.get(ProductCopies).changed(fact.productId);
      const { body } = await service.client
        .anonymous()
        .get<{ isAvailable: boolean; product: { variants: { isAvailable: boolean }[] } }>(`/share-links/${code}`);
      const page = (await open(code)).body;
      return {
        isAvailable: [body.isAvailable, ...body.product.variants.map((one) => one.isAvailable)],
        says: page.includes('not for sale at the moment') && page.includes('out of stock'),
        sells: page.includes('/buy/'),
      };
    };
    expect(await shown(variants)).toEqual({ isAvailable: [true, false, true], says: false, sells: true });
    expect(await shown(variants.slice(0, 1))).toEqual({ isAvailable: [false, false], says: true, sells: false });
    expect(await shown(variants.slice(1))).toEqual({ isAvailable: [true, true], says: false, sells: true });
  });

  it('is a page also for what is unknown, malformed or closed', async () => {
    const { code, owner } = await linkOf();
    await owner.delete(`/share-links/${code}`);
    for (const [path, expected, says] of [
      ['zzzzzzzzz', 404, 'cannot find this link'],
      ['%3Cscript%3E', 404, 'cannot find this link'],
      [code, 410, 'no longer active'],
    ] as const) {
      const { status, headers, body } = await open(path);
      expect([status, headers.get('content-type')]).toEqual([expected, 'text/html; charset=utf-8']);
      expect(body).toContain(says);
      expect(body).not.toContain('script>');
    }
  });
});
