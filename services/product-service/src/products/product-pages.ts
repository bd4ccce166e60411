import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isEtagSeen, toPage, type Identity } from '@reseller/http';
import { paiseFromRupees } from '@reseller/money';
import { forbidden, notFound } from '@reseller/runtime';
import { answerOf, CatalogueCache, type CachedAnswer } from './catalogue-cache.js';
import type { ProductFilter } from './product-search.js';
import type { Product } from './product.js';
import { ProductQueries, PUBLIC, type Viewer } from './product.queries.js';
import { toProductView, type ListProductsQuery } from './products.schemas.js';

/** The catalogue's pages as bytes. Administrators read the database; everybody else shares the cache. */
@Injectable()
export class ProductPages {
  constructor(
    private readonly queries: ProductQueries,
    private readonly cache: CatalogueCache,
  ) {}

  /** @throws 403 when somebody else than an ADMIN asks for inactive products. */
  async list(query: ListProductsQuery, caller: Identity): Promise<CachedAnswer> {
    if (caller.isAdmin) return this.buildList(adminFilter(query, caller), true);
    if (query.isActive === false) throw forbidden('FORBIDDEN', 'Only an ADMIN sees inactive products.');
    const filter = { ...filterOf(query), isActive: true };
    const cached = await this.cache.get(listKey(filter), () => this.buildList(filter, false));
    return required(cached);
  }

  /** @throws 404 PRODUCT_NOT_FOUND */
  async byId(id: string, caller: Identity): Promise<CachedAnswer> {
    if (caller.isAdmin) return required(pageOfProduct(await this.queries.byId(id, viewerOf(caller)), true));
    return required(
      await this.cache.get(`id:${id.toLowerCase()}`, async () =>
        pageOfProduct(await this.queries.byId(id, PUBLIC), false),
      ),
    );
  }

  /** @throws 404 PRODUCT_NOT_FOUND */
  async bySlug(slug: string, businessId: string | null, caller: Identity): Promise<CachedAnswer> {
    if (caller.isAdmin)
      return required(pageOfProduct(await this.queries.bySlug(slug, viewerOf(caller), businessId), true));
    const load = async () => pageOfProduct(await this.queries.bySlug(slug, PUBLIC, businessId), false);
    return required(await this.cache.get(`slug:${businessId ?? ''}:${slug}`, load));
  }

  /** Answers 304 where the client has these bytes already. */
  send(request: FastifyRequest, reply: FastifyReply, answer: CachedAnswer, caller: Identity): void {
    void reply.header('etag', answer.etag).header('cache-control', this.cacheControl(caller));
    if (isEtagSeen(request.headers['if-none-match'], answer.etag)) {
      void reply.code(304).send();
      return;
    }
    void reply.header('content-type', 'application/json; charset=utf-8').send(answer.body);
  }

  /** An administrator's page shows what others must not see, so no cache on the way may keep it. */
  private cacheControl(caller: Identity): string {
    if (caller.isAdmin) return 'private, no-store';
    const { sharedSeconds } = this.cache;
    return `public, max-age=0, ${sharedSeconds === 0 ? '' : `s-maxage=${sharedSeconds}, `}must-revalidate`;
  }

  private async buildList(filter: ProductFilter, withInactive: boolean): Promise<CachedAnswer> {
    const { products, total } = await this.queries.list(filter);
    const { skip, take } = filter;
    return answerOf({ data: products.map((product) => toProductView(product, withInactive)), total, skip, take });
  }
}

function pageOfProduct(product: Product | null, withInactive: boolean): CachedAnswer | null {
  return product === null ? null : answerOf(toProductView(product, withInactive), product.version);
}

function required(answer: CachedAnswer | null): CachedAnswer {
  if (answer === null) throw notFound('PRODUCT_NOT_FOUND', 'There is no such product.');
  return answer;
}

const viewerOf = ({ isAdmin, businessId }: Identity): Viewer => ({ isAdmin, businessId });

function adminFilter(query: ListProductsQuery, caller: Identity): ProductFilter {
  const filter = filterOf(query);
  return { ...filter, businessId: caller.businessId ?? filter.businessId };
}

function filterOf(query: ListProductsQuery): ProductFilter {
  const { skip, take, sort } = toPage({ ...query, sort: query.sort ?? '-createdAt' });
  return {
    q: query.q ?? null,
    categoryId: query.categoryId ?? null,
    businessId: query.businessId ?? null,
    isActive: query.isActive ?? null,
    inStock: query.inStock ?? null,
    minPricePaise: query.minPrice === undefined ? null : paiseFromRupees(query.minPrice),
    maxPricePaise: query.maxPrice === undefined ? null : paiseFromRupees(query.maxPrice),
    tag: query.tag ?? null,
    sort: query.q !== undefined && query.sort === undefined ? 'relevance' : sort,
    skip,
    take,
  };
}

/** Every field in one order: the same question in another spelling is the same entry. */
function listKey(filter: ProductFilter): string {
  const sort = filter.sort === 'relevance' ? filter.sort : `${filter.sort.descending ? '-' : ''}${filter.sort.field}`;
  const { q, categoryId, businessId, inStock, minPricePaise, maxPricePaise, tag, skip, take } = filter;
  return JSON.stringify([
    q,
    categoryId,
    businessId,
    inStock,
    String(minPricePaise),
    String(maxPricePaise),
    tag,
    sort,
    skip,
    take,
  ]);
}
