import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { CsvError, parse } from 'csv-parse';
import { z } from 'zod';
import { invalid, tooLarge, type DomainError } from '@reseller/runtime';

/** Longer than any row that is valid; without a limit one open quote would gather the whole file in memory. */
const RECORD_MAX_BYTES = 131_072;

export interface CsvRecord {
  readonly cells: readonly string[];
  /** On which it begins; the first is 1. */
  readonly line: number;
}

export interface ReadCsvOptions {
  /** A longer file is refused where it becomes too long. */
  readonly maxBytes: number;
  /** Sees the file's bytes as they come, for a digest of it. */
  readonly onBytes?: (bytes: Buffer) => void;
}

const recordSchema = z.object({ record: z.array(z.string()), info: z.object({ lines: z.int() }) });

/**
 * The records of a CSV file (RFC 4180, UTF-8 with or without a mark) as they arrive. Line breaks are `\n` whatever they
 * were; blank lines are passed over, but counted.
 *
 * @throws 413 PAYLOAD_TOO_LARGE; 400 CSV_MALFORMED with the line where the file is none.
 */
export async function* readCsv(body: Readable, options: ReadCsvOptions): AsyncGenerator<CsvRecord> {
  const parser = parse({
    info: true,
    // Rows that are too short or too long are rows with an error, not the end of the file.
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    record_delimiter: '\n',
    max_record_size: RECORD_MAX_BYTES,
  });
  const feeding = feed(textOf(body, options), parser).catch((error: unknown) => {
    parser.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    for await (const read of parser) {
      const { record, info } = recordSchema.parse(read);
      yield { cells: record, line: firstLineOf(record, info.lines) };
    }
  } catch (error) {
    throw error instanceof CsvError ? malformedCsv(error) : error;
  } finally {
    parser.destroy();
    await feeding;
    body.resume();
  }
}

/** The parser tells the line on which a record ends. */
function firstLineOf(record: readonly string[], lastLine: number): number {
  return lastLine - record.reduce((count, cell) => count + cell.split('\n').length - 1, 0);
}

async function feed(texts: AsyncIterable<string>, parser: ReturnType<typeof parse>): Promise<void> {
  for await (const text of texts) {
    if (parser.destroyed) return;
    if (!parser.write(text)) await roomIn(parser);
  }
  parser.end();
}

/** Until the parser has room again, or nobody wants its records any more. */
async function roomIn(parser: ReturnType<typeof parse>): Promise<void> {
  const waiting = new AbortController();
  const { signal } = waiting;
  await Promise.race([once(parser, 'drain', { signal }), once(parser, 'close', { signal })]).catch(() => undefined);
  waiting.abort();
}

async function* textOf(body: Readable, { maxBytes, onBytes }: ReadCsvOptions): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let receivedBytes = 0;
  // A line break may be cut in two.
  let held = '';
  // A file that is refused half way must not take its connection with it: the answer goes back on it.
  for await (const chunk of body.iterator({ destroyOnReturn: false })) {
    const bytes = chunk as Buffer;
    receivedBytes += bytes.length;
    if (receivedBytes > maxBytes)
      throw tooLarge('PAYLOAD_TOO_LARGE', `The request body is larger than ${maxBytes} bytes.`);
    onBytes?.(bytes);
    const text = held + decoded(decoder, bytes);
    held = text.endsWith('\r') ? '\r' : '';
    yield unified(held === '' ? text : text.slice(0, -1));
  }
  yield unified(held + decoded(decoder));
}

const unified = (text: string): string => text.replace(/\r\n?/g, '\n');

function decoded(decoder: TextDecoder, bytes?: Buffer): string {
  const text = strictly(() => (bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true })));
  if (text.includes('\u0000')) throw notText();
  return text;
}

function strictly(decode: () => string): string {
  try {
    return decode();
  } catch {
    // It throws for nothing but bytes that are no UTF-8.
    throw notText();
  }
}

const notText = (): DomainError => invalid('CSV_MALFORMED', 'The file is not text in UTF-8.');

function malformedCsv(error: CsvError): DomainError {
  const line = Number(Reflect.get(error, 'lines') ?? 0);
  return invalid(
    'CSV_MALFORMED',
    `The file is not readable as CSV at line ${line}: ${MEANING[error.code] ?? 'it is malformed'}.`,
    {
      line,
    },
  );
}

const MEANING: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is not closed',
  INVALID_OPENING_QUOTE: 'a quote stands within a cell that is not quoted',
  CSV_INVALID_CLOSING_QUOTE: 'a quoted cell goes on after its closing quote',
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: 'a quoted cell goes on after its closing quote',
  CSV_MAX_RECORD_SIZE: `a row is longer than ${RECORD_MAX_BYTES} bytes`,
};
