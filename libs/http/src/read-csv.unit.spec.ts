import { Readable } from 'node:stream';
import { expect, it } from '@jest/globals';
import { readCsv, type CsvRecord } from './read-csv.js';

/** One chunk per byte: everything that may be cut in two is. */
const bodyOf = (text: string) => Readable.from([...Buffer.from(text)].map((byte) => Buffer.from([byte])));

async function read(text: string, maxBytes = 1_000): Promise<CsvRecord[]> {
  const records: CsvRecord[] = [];
  for await (const record of readCsv(bodyOf(text), { maxBytes })) records.push(record);
  return records;
}

it('says on which line a record begins, however many lines it and the blank ones before it have', async () => {
  expect(await read('\uFEFFa,b\r\n"one\r\ntwo",2\r\n\r\n3,लाल')).toEqual([
    { line: 1, cells: ['a', 'b'] },
    { line: 2, cells: ['one\ntwo', '2'] },
    { line: 5, cells: ['3', 'लाल'] },
  ]);
});

it.each([
  ['an open quote', 'a\n"b', 'CSV_MALFORMED'],
  ['too many bytes', `a\n${'b\n'.repeat(500)}`, 'PAYLOAD_TOO_LARGE'],
])('refuses %s', (_, text, code) => expect(read(text)).rejects.toMatchObject({ code }));

it('shows every byte as it came', async () => {
  const seen: Buffer[] = [];
  const text = '\uFEFFa\r\n1\r\n';
  const options = { maxBytes: 1_000, onBytes: (bytes: Buffer) => void seen.push(bytes) };
  for await (const { cells } of readCsv(bodyOf(text), options)) expect(cells).toHaveLength(1);
  expect(Buffer.concat(seen)).toEqual(Buffer.from(text));
});
