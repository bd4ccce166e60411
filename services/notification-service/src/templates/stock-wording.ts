import type { EventOf, StockLow } from '@reseller/contracts';
import { greeting } from './phrases.js';
import type { Wording } from './wording.js';

export const stockLow = ({ data }: EventOf<typeof StockLow>): Wording => ({
  template: 'stock-low',
  category: 'STOCK',
  email: {
    subject: `Stock is low: ${data.name} (${data.sku})`,
    paragraphs: [greeting(null), 'what is available has fallen to its threshold.'],
    facts: [
      ['Product', data.name],
      ['SKU', data.sku],
      ['Available', String(data.available)],
      ['Threshold', String(data.threshold)],
    ],
    action: null,
  },
});
