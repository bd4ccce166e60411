import type { CsvRecord } from '@reseller/http';
import { invalid } from '@reseller/runtime';

/** A row as it was given, with where it stood. */
export interface GivenRow {
  /** Of a CSV file: the line that the row begins on, the header being line 1. Of JSON: which customer, from 1. */
  readonly line: number;
  readonly values: unknown;
}

const unreadable = (why: string) =>
  invalid('VALIDATION_FAILED', 'The request is not valid; see errors.', {
    errors: [{ path: '', message: `must be CSV: ${why}` }],
  });

const COLUMNS = new Map(
  ['name', 'phone', 'email', 'whatsappNumber', 'notes'].map((column) => [column.toLowerCase(), column]),
);
const columnOf = (heading: string): string => {
  const plain = heading
    .trim()
    .toLowerCase()
    .replace(/[\s_-]/g, '');
  return COLUMNS.get(plain) ?? heading.trim();
};

/**
 * Customers from the records of a CSV file with a heading line; columns in any order, `whatsapp_number` like
 * `whatsappNumber`. An empty cell says nothing.
 *
 * @throws 400 where there is no heading with name and phone, or too many lines below it.
 */
export function rowsOfCsv(records: readonly CsvRecord[], rowsMax: number): GivenRow[] {
  if (records.length > rowsMax + 1) throw unreadable(`at most ${rowsMax} lines below the first`);
  const [heading, ...rows] = records;
  const columns = heading?.cells.map(columnOf) ?? [];
  if (!columns.includes('name') || !columns.includes('phone')) {
    throw unreadable('the first line must name the columns, with name and phone among them');
  }
  if (new Set(columns).size < columns.length) throw unreadable('the first line names a column twice');
  return rows
    .map(({ cells, line }) => ({ line, values: valuesOf(columns, cells) }))
    .filter(({ values }) => Object.keys(values).length > 0);
}

function valuesOf(columns: readonly string[], cells: readonly string[]): Record<string, string> {
  const named = cells.map((cell, index): [string, string] => [columns[index] ?? `column ${index + 1}`, cell]);
  return Object.fromEntries(named.filter(([, cell]) => cell !== ''));
}
