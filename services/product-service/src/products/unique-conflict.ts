import { conflict, unprocessable, type DomainError } from '@reseller/runtime';

/*
 * Two administrators may choose the same slug or SKU at the same moment; the unique index lets one of them win. Prisma
 * wraps what the database said differently for plain, partial and expression indexes, so the index or column is looked
 * for in all that it says.
 */
const MEANINGS: readonly { readonly sign: RegExp; readonly error: () => DomainError }[] = [
  {
    sign: /categories_business_id_slug|products_business_id_slug|\bslug\b/,
    error: () => conflict('SLUG_TAKEN', 'This slug is taken. Choose another one.'),
  },
  {
    sign: /variants_business_id_sku|\bsku\b/,
    error: () => conflict('SKU_TAKEN', 'This SKU is taken. Choose another one.'),
  },
  {
    sign: /option_key|optionKey/,
    error: () => unprocessable('DUPLICATE_VARIANT', 'Two variants have the same options.'),
  },
];

/** What a violated unique key means to the caller; undefined for any other error. */
export function conflictOf(error: unknown): DomainError | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  if (error.code !== 'P2002' && error.code !== '23505') return undefined;
  const said = JSON.stringify('meta' in error ? error.meta : error);
  return MEANINGS.find(({ sign }) => sign.test(said))?.error();
}
