import pg from 'pg';

export interface Queryable {
  query(config: pg.QueryConfig<unknown[]>): Promise<{ rows: unknown[] }>;
}

const INT8 = 20;
const INT8_ARRAY = 1016;
const parseInt8Array = (text: string): bigint[] => (text === '{}' ? [] : text.slice(1, -1).split(',').map(BigInt));

/** Money is int8 and must not pass through a float. */
const TYPES: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
    if (oid === INT8) return BigInt;
    if (oid === INT8_ARRAY) return parseInt8Array;
    // oxlint-disable-next-line typescript/no-unsafe-return -- pg's declarations call its parsers `any`
    return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text');
  },
};

/**
 * Server-side prepared statements by text: planning once per connection is the largest saving there is on small
 * statements. The texts are constants of the code; the cap only guards against a caller that builds text per request.
 */
const NAMED_STATEMENTS_MAX = 1_000;
const names = new Map<string, string>();

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined) return known;
  if (names.size >= NAMED_STATEMENTS_MAX) return undefined;
  const name = `s${names.size}`;
  names.set(text, name);
  return name;
}

export async function runQuery<R extends object>(
  target: Queryable,
  text: string,
  params: readonly unknown[],
): Promise<R[]> {
  const name = nameOf(text);
  const config = { text, values: [...params], types: TYPES, ...(name === undefined ? {} : { name }) };
  const { rows } = await target.query(config);
  return rows as R[];
}
