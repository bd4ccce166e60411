import type { Sql } from './tx.js';

/** Rows a statement, so that no lock is held for long. */
const TOMBSTONES_BATCH = 1_000;

/** What was heard of one thing. An object in it is written as JSON. */
export type Heard<Content extends object> = Content & {
  readonly id: string;
  /** Of the event that says it; 0 for an answer over HTTP that any event replaces. */
  readonly version: bigint | number;
};

type Fields<Content extends object> = readonly (keyof Content & string)[];

/**
 * A table of copies: what another service told of its things, a row each. Of two versions the newer stays, so events may
 * arrive in any order and more than once.
 *
 * The table has `id`, `version` and a column for each field of `Content`, in snake case: `isActive` is `is_active`.
 */
export class Copies<Content extends object> {
  private readonly read: string;
  private readonly write: string;

  /**
   * @param stamps columns that say when a row was last written
   * @param replaceable what must hold of a row, called `copy`, to be replaced by a newer one
   */
  constructor(
    table: string,
    private readonly fields: Fields<Content>,
    stamps: readonly string[] = [],
    replaceable = 'true',
  ) {
    const content = fields.map((field) => `${columnOf(field)} as "${field}"`);
    this.read = `select ${['version', ...content].join(', ')} from ${table} where id = $1`;
    this.write = upsert(table, fields, stamps, replaceable);
  }

  /** Undefined for a thing that was never heard of. */
  async find(sql: Sql, id: string): Promise<(Content & { readonly version: bigint }) | undefined> {
    const [row] = await sql.query<Content & { version: bigint }>(this.read, [id]);
    return row;
  }

  async keep(sql: Sql, heard: Heard<Content>): Promise<void> {
    await sql.query(this.write, this.paramsOf(heard));
  }

  protected paramsOf(heard: Heard<Content>): unknown[] {
    return [heard.id, heard.version, ...this.fields.map((field) => heard[field])];
  }
}

const NOT_DELETED = 'copy.deleted_at is null';

/**
 * Copies of things that can be deleted. A deletion leaves a tombstone, a row with `deleted_at`, which is final: nothing
 * that is heard later brings the thing back. The table has an index of its tombstones.
 */
export class DeletableCopies<Content extends object> extends Copies<Content> {
  private readonly bury: string;
  private readonly deleteOld: string;

  constructor(table: string, fields: Fields<Content>, stamps: readonly string[] = []) {
    super(table, fields, stamps, NOT_DELETED);
    this.bury = upsert(table, fields, [...stamps, 'deleted_at'], NOT_DELETED);
    this.deleteOld = `delete from ${table} where id = any (array(
        select id from ${table} where deleted_at < now() - make_interval(secs => $1::double precision / 1000)
        order by deleted_at limit ${TOMBSTONES_BATCH} for update skip locked))
      returning 1 as one`;
  }

  /** @param heard of the deletion: what the tombstone still says of the thing */
  async keepDeletion(sql: Sql, heard: Heard<Content>): Promise<void> {
    await sql.query(this.bury, this.paramsOf(heard));
  }

  /** Deletes one batch of tombstones that are older. @returns how many */
  async deleteTombstones(sql: Sql, keptMs: number): Promise<number> {
    return (await sql.query(this.deleteOld, [keptMs])).length;
  }
}

const columnOf = (field: string): string => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function upsert(table: string, fields: readonly string[], stamps: readonly string[], replaceable: string): string {
  const given = ['version', ...fields.map(columnOf)];
  const columns = [...given, ...stamps];
  const values = [...given.map((_, index) => `$${index + 2}`), ...stamps.map(() => 'now()')];
  return `insert into ${table} as copy (id, ${columns.join(', ')}) values ($1, ${values.join(', ')})
    on conflict (id) do update set ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}
      where copy.version < excluded.version and ${replaceable}`;
}
