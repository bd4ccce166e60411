import { rupeesFromPaise } from '@reseller/money';
import type { ProductExportRow } from './export.queries.js';

/** Rows as the import reads them: rupees, percent, `Color=Red; Size=L`, `summer|cotton`. */
export async function* productLines(rows: AsyncIterable<ProductExportRow>): AsyncGenerator<object> {
  for await (const { basePricePaise, pricePaise, mrpPaise, taxRateBps, tags, optionValues, ...row } of rows) {
    yield {
      ...row,
      basePrice: rupeesFromPaise(basePricePaise),
      price: rupeesFromPaise(pricePaise),
      mrp: mrpPaise === null ? null : rupeesFromPaise(mrpPaise),
      taxRatePercent: taxRateBps === null ? null : taxRateBps / 100,
      tags: tags.join('|'),
      options: optionValues.map(({ optionName, value }) => `${optionName}=${value}`).join('; '),
      isActive: String(row.isActive),
      variantIsActive: String(row.variantIsActive),
    };
  }
}
