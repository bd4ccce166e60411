import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { readCsv, type CsvRecord } from '@reseller/http';
import { rowsOfCsv } from './customers-csv.js';

const rows = async (text: string, max = 10) => {
  const records: CsvRecord[] = [];
  for await (const record of readCsv(Readable.from([Buffer.from(text)]), { maxBytes: 10_000 })) records.push(record);
  return rowsOfCsv(records, max);
};

describe('rowsOfCsv', () => {
  it('reads columns in any order and spelling, and says on which line a row begins', async () => {
    const text =
      'Phone, NAME ,whatsapp_number,E-Mail\r\n9876543210,"Rao, ""Asha""",,\r\n\r\n9876543211,Ravi,98765 43211,r@example.com\r\n';
    expect(await rows(text)).toEqual([
      { line: 2, values: { phone: '9876543210', name: 'Rao, "Asha"' } },
      { line: 4, values: { phone: '9876543211', name: 'Ravi', whatsappNumber: '98765 43211', email: 'r@example.com' } },
    ]);
  });

  it('counts lines through cells that have several', async () => {
    const text = 'name,phone,notes\nA,1,"one\ntwo"\nB,2,\n';
    expect((await rows(text)).map(({ line }) => line)).toEqual([2, 4]);
  });

  it('takes a byte order mark, and files without a last line break', async () => {
    expect(await rows('\uFEFFname,phone\nA,1')).toEqual([{ line: 2, values: { name: 'A', phone: '1' } }]);
  });

  it('keeps cells without a heading, and unknown headings, for the row to be refused', async () => {
    expect((await rows('name,phone,vip\nA,1,yes,more'))[0]?.values).toEqual({
      name: 'A',
      phone: '1',
      vip: 'yes',
      'column 4': 'more',
    });
  });

  it.each([
    ['no heading', 'A,9876543210\n'],
    ['nothing', ''],
    ['a column twice', 'name,phone,Phone\nA,1,2'],
    ['a quote that does not close', 'name,phone\n"A,1\n'],
    ['more lines than may be', 'name,phone\nA,1\nB,2\nC,3\n'],
  ])('refuses %s', (_, text) => expect(rows(text, 2)).rejects.toThrow());
});
