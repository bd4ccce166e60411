/*
 * A CSV file that an administrator sent. Its rows are kept as they came and applied in batches by whichever instance holds
 * the lease; a row's outcome is written in the transaction that applies it, so that a crash leaves every row either
 * waiting or done. A file may be sent again: what is so already is UNCHANGED.
 *
 *   RECEIVING → QUEUED → RUNNING → COMPLETED, or FAILED where the work itself cannot go on
 */
export const IMPORT_KINDS = ['PRODUCTS', 'STOCK'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

export const IMPORT_STATES = ['RECEIVING', 'QUEUED', 'RUNNING', 'COMPLETED', 'FAILED'] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

/** What the columns of a kind mean to the import. */
export interface ImportColumns {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** An export writes them for people to read; an import takes no notice. */
  readonly readOnly: readonly string[];
}

export const COLUMNS: Readonly<Record<ImportKind, ImportColumns>> = {
  STOCK: {
    required: ['sku', 'stock'],
    optional: ['stockWas', 'stockVersion', 'lowStockThreshold'],
    readOnly: ['productName', 'variantName', 'reserved', 'available'],
  },
  PRODUCTS: {
    required: ['sku'],
    optional: [
      'slug',
      'name',
      'description',
      'category',
      'basePrice',
      'hsn',
      'taxRatePercent',
      'tags',
      'isActive',
      'options',
      'price',
      'mrp',
      'weight',
      'imageUrl',
      'variantIsActive',
    ],
    readOnly: [],
  },
};

export interface RowError {
  /** The column. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** The cells of a row that say something, by column. */
export type Cells = Readonly<Record<string, string>>;

export interface ImportRow {
  readonly line: number;
  readonly cells: Cells;
  /** Where the same SKU stands first in the file. */
  readonly firstLine: number;
}

export type RowOutcome =
  | { readonly line: number; readonly outcome: 'APPLIED' | 'UNCHANGED' }
  | { readonly line: number; readonly outcome: 'FAILED'; readonly errors: readonly RowError[] };

/** Whose file it is, as far as applying its rows goes. */
export interface ImportJob {
  readonly id: string;
  readonly kind: ImportKind;
  readonly businessId: string;
  readonly createdBy: string;
}

/** The columns of a file in its order; null for one that is only read by people. */
export type Header = readonly (string | null)[];

/** What is wrong with a file's first line; empty where it will do. */
export function headerProblems(kind: ImportKind, names: readonly string[]): RowError[] {
  const { required, optional, readOnly } = COLUMNS[kind];
  const known = [...required, ...optional, ...readOnly];
  const folded = names.map((name) => name.toLowerCase());
  const unknown = names.filter((name) => !known.some((column) => column.toLowerCase() === name.toLowerCase()));
  const twice = names.filter((_, index) => folded.indexOf(folded[index] ?? '') !== index);
  const missing = required.filter((column) => !folded.includes(column.toLowerCase()));
  return [
    ...unknown.map((name) => headerError(name, `is no column of this file; known are ${known.join(', ')}`)),
    ...twice.map((name) => headerError(name, 'is named twice')),
    ...missing.map((name) => headerError(name, 'is missing')),
  ];
}

/** @param names of a header without problems */
export function headerOf(kind: ImportKind, names: readonly string[]): Header {
  const { required, optional } = COLUMNS[kind];
  return names.map(
    (name) => [...required, ...optional].find((column) => column.toLowerCase() === name.toLowerCase()) ?? null,
  );
}

const headerError = (path: string, message: string): RowError => ({ path, code: 'HEADER', message });

/** What spreadsheets take for a formula; an export puts an apostrophe before it, which is taken off again here. */
const ESCAPED_FORMULA = /^'(?=[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20])/;

/** The cells of a record by column, without the empty ones. */
export function cellsOf(header: Header, record: readonly string[]): Cells {
  const pairs = header.flatMap((column, index) => {
    const cell = (record[index] ?? '').replace(ESCAPED_FORMULA, '');
    return column === null || cell === '' ? [] : [[column, cell] as const];
  });
  return Object.fromEntries(pairs);
}

export const duplicateSku = (firstLine: number): RowError => ({
  path: 'sku',
  code: 'DUPLICATE_SKU',
  message: `stands on line ${firstLine} already`,
});
