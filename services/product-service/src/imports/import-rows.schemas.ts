import { z } from 'zod';
import { bodyText, percent, shortText } from '@reseller/http';
import { paiseFromRupees, type Paise } from '@reseller/money';
import {
  hsn,
  httpUrl,
  optionValues,
  price,
  sku,
  slug,
  STOCK_MAX,
  tags,
  THRESHOLD_MAX,
} from '../products/products.schemas.js';

/*
 * A row of a file as its cells, all of them texts, to what they mean. An empty cell was left out before and says nothing:
 * what is there stays as it is.
 */
const whole = (max: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().max(max));

const surplus = { surplus: z.undefined('the row has more cells than the first line names').optional() };

export const stockRow = z.object({
  ...surplus,
  sku: sku(),
  stock: whole(STOCK_MAX).optional(),
  /** The stock when the file was made, as an export writes it. */
  stockWas: whole(STOCK_MAX).optional(),
  /** How often it had moved by then, as an export writes it: unlike the stock itself, never the same again. */
  stockVersion: z
    .string()
    .regex(/^\d{1,18}$/, 'must be a whole number')
    .transform(BigInt)
    .optional(),
  lowStockThreshold: whole(THRESHOLD_MAX).optional(),
});
export type StockRow = z.infer<typeof stockRow>;

const yesOrNo = () =>
  z
    .string()
    .toLowerCase()
    .pipe(z.enum(['true', 'false', 'yes', 'no', '1', '0'], 'must be true or false'))
    .transform((word) => ['true', 'yes', '1'].includes(word));

const paise = () =>
  price().transform((rupees): Paise | undefined => (rupees === undefined ? undefined : paiseFromRupees(rupees)));

/** `Color=Red; Size=L` */
const options = () =>
  z
    .string()
    .transform((text) =>
      text.split(';').map((pair) => {
        const [optionName = '', ...value] = pair.split('=');
        return { optionName: optionName.trim(), value: value.join('=').trim() };
      }),
    )
    .pipe(optionValues());

export const productRow = z.object({
  ...surplus,
  sku: sku(),
  slug: slug().optional(),
  name: shortText(200).optional(),
  description: bodyText(20_000).optional(),
  /** Slug of a category that exists. */
  category: shortText(200).optional(),
  basePrice: paise(),
  hsn: hsn().optional(),
  taxRatePercent: z
    .string()
    .regex(/^\d{1,3}(\.\d{1,2})?$/, 'must be a percentage such as 18 or 2.5')
    .transform(Number)
    .pipe(percent())
    .optional(),
  /** `summer|cotton` */
  tags: z
    .string()
    .transform((text) => text.split('|').filter((tag) => tag.trim() !== ''))
    .pipe(tags())
    .optional(),
  isActive: yesOrNo().optional(),
  options: options().optional(),
  price: paise(),
  mrp: paise(),
  weight: whole(10_000_000).optional(),
  imageUrl: httpUrl().optional(),
  variantIsActive: yesOrNo().optional(),
});
export type ProductRow = z.infer<typeof productRow>;
