import { Injectable } from '@nestjs/common';
import { Database, type Sql } from '@reseller/persistence';
import { isUuid } from '@reseller/runtime';
import { SELLER_IS_ACTIVE } from '../sellers/seller.repository.js';
import type { SellersLink, ShareLink } from './share-link.js';

const COLUMNS = `id, version, code, business_id as "businessId", seller_id as "sellerId", product_id as "productId",
  seller_price_paise as "sellerPricePaise", expires_at as "expiresAt", is_active as "isActive",
  ${SELLER_IS_ACTIVE('share_links.seller_id')} as "sellerIsActive", created_at as "createdAt"`;

const BY_ID = `select ${COLUMNS} from share_links where id = $1`;
const BY_CODE = `select ${COLUMNS} from share_links where code = $1`;

const INSERT = `insert into share_links
    (id, code, business_id, seller_id, product_id, seller_price_paise, expires_at, created_at, updated_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
  on conflict (code) do nothing returning ${COLUMNS}`;

const LOCK = `select ${COLUMNS} from share_links where id = $1 for update`;

const CHANGE = `update share_links
  set is_active = coalesce($2::boolean, is_active),
      expires_at = case when $3::boolean then $4::timestamptz else expires_at end,
      version = version + 1, updated_at = $5
  where id = $1 returning ${COLUMNS}`;

export interface LinkChange {
  readonly isActive?: boolean | undefined;
  /** Undefined: as it was. Null: never. */
  readonly expiresAt?: Date | null | undefined;
}

/** SQL, because people and orders wait for links to open. */
@Injectable()
export class ShareLinkRepository {
  constructor(private readonly database: Database) {}

  async find(codeOrId: string): Promise<SellersLink | undefined> {
    const [link] = await this.database.query<SellersLink>(isUuid(codeOrId) ? BY_ID : BY_CODE, [codeOrId]);
    return link;
  }

  /** Undefined when the code is taken: draw another. */
  async insert(
    sql: Pick<Sql, 'query'>,
    link: Omit<ShareLink, 'version' | 'isActive'>,
  ): Promise<SellersLink | undefined> {
    const { id, code, businessId, sellerId, productId, sellerPricePaise, expiresAt, createdAt } = link;
    const [inserted] = await sql.query<SellersLink>(INSERT, [
      id,
      code,
      businessId,
      sellerId,
      productId,
      sellerPricePaise,
      expiresAt,
      createdAt,
    ]);
    return inserted;
  }

  /** Holds a link that is there: links are never deleted. */
  async lock(sql: Pick<Sql, 'query'>, id: string): Promise<SellersLink> {
    return one(await sql.query<SellersLink>(LOCK, [id]), id);
  }

  /** The link must be locked. */
  async change(sql: Pick<Sql, 'query'>, id: string, change: LinkChange, now: Date): Promise<SellersLink> {
    const setsExpiry = change.expiresAt !== undefined;
    const values = [id, change.isActive ?? null, setsExpiry, change.expiresAt ?? null, now];
    return one(await sql.query<SellersLink>(CHANGE, values), id);
  }
}

function one([link]: readonly SellersLink[], id: string): SellersLink {
  if (link === undefined) throw new Error(`share link ${id} has disappeared`);
  return link;
}
