import { escapeHtml } from '@reseller/runtime';
import { isForSale, type ShownLink } from '../links/show-share-link.js';
import type { ShareLink } from '../links/share-link.js';
import type { ShownProduct } from '../product-copies/product-copy.js';
import { STYLE } from './link-page-style.js';

export interface PageUrls {
  readonly publicUrl: string;
  readonly frontendUrl: string;
}

const DESCRIPTION_MAX = 200;

/** `₹1,23,456.50` as it is written in India, without decimals where there are none. */
export function priceText(paise: bigint): string {
  const decimals = paise % 100n === 0n ? 0 : 2;
  const format = new Intl.NumberFormat('en-IN', {
    style: 'currency',
    currency: 'INR',
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return format.format(Number(paise) / 100);
}

/** An address that may stand in a page: http or https, made absolute; null for anything else. */
export function pictureUrl(url: string | null, publicUrl: string): string | null {
  if (url === null || !URL.canParse(url, publicUrl)) return null;
  const parsed = new URL(url, publicUrl);
  return parsed.protocol === 'https:' || parsed.protocol === 'http:' ? parsed.href : null;
}

/** The page of an open link, with what messengers need to show a preview of it. */
export function openLinkPage({ link, product }: ShownLink, urls: PageUrls): string {
  return product === null ? shopPage(link, urls) : productPage(link, product, urls);
}

function productPage(link: ShareLink, product: ShownProduct, urls: PageUrls): string {
  const pricePaise = link.sellerPricePaise ?? product.basePricePaise;
  const isFrom =
    link.sellerPricePaise === null && product.variants.some((one) => one.basePricePaise !== product.basePricePaise);
  const forSale = isForSale(link, product);
  const picture = pictureUrl(product.imageUrl, urls.publicUrl);
  const description = product.description?.trim() ?? '';
  const body = `
${picture === null ? '' : photo(picture, product.name)}
<div class="text">
<h1>${escapeHtml(product.name)}</h1>
<p class="price">${isFrom ? '<small>from</small> ' : ''}${escapeHtml(priceText(pricePaise))}${struckPrice(product, pricePaise)}</p>
${forSale ? '' : '<p class="note">This product is not for sale at the moment.</p>'}
${description === '' ? '' : `<p class="about">${escapeHtml(description)}</p>`}
</div>
${forSale ? `<div class="act"><a class="button" href="${escapeHtml(buyUrl(link, urls))}">Buy</a></div>` : ''}`;
  return page({
    title: product.name,
    head: [
      ...previewTags({ link, urls, type: 'product', title: product.name, description, picture }),
      meta('property', 'product:price:amount', (Number(pricePaise) / 100).toFixed(2)),
      meta('property', 'product:price:currency', 'INR'),
      meta('property', 'product:availability', forSale ? 'in stock' : 'out of stock'),
    ],
    body,
  });
}

/** The picture lies over the product's initial, which shows while it loads and where it cannot be had. */
function photo(url: string, name: string): string {
  const initial = Array.from(name.trim())[0] ?? '';
  return `<div class="photo" role="img" aria-label="${escapeHtml(name)}"><span aria-hidden="true">${escapeHtml(initial.toUpperCase())}</span><img src="${escapeHtml(url)}" alt=""></div>`;
}

function shopPage(link: ShareLink, urls: PageUrls): string {
  const title = 'You are invited to a shop';
  const description = 'A reseller has shared their shop with you. What you buy through this link is credited to them.';
  const shopUrl = `${urls.frontendUrl}/?ref=${encodeURIComponent(link.code)}`;
  return page({
    title,
    head: previewTags({ link, urls, type: 'website', title, description, picture: null }),
    body: plain({ mark: '🛍', title, text: description, button: { href: shopUrl, label: 'Visit the shop' } }),
  });
}

/** 404: nothing of what was asked for is repeated in it. */
export const unknownLinkPage = (urls: PageUrls): string =>
  messagePage(
    '🔍',
    'We cannot find this link',
    'Please check that it was copied completely, or ask whoever sent it.',
    urls,
  );

/** 410 */
export const closedLinkPage = (urls: PageUrls): string =>
  messagePage(
    '⌛',
    'This link is no longer active',
    'It has expired or was switched off. Ask whoever sent it for a new one.',
    urls,
  );

const messagePage = (mark: string, title: string, text: string, urls: PageUrls): string =>
  page({
    title,
    head: [meta('name', 'robots', 'noindex')],
    body: plain({ mark, title, text, button: { href: urls.frontendUrl, label: 'Look around' } }),
  });

const buyUrl = (link: ShareLink, urls: PageUrls): string => `${urls.frontendUrl}/buy/${encodeURIComponent(link.code)}`;

/** The list price, where it is one price for all and more than what is asked. */
function struckPrice(product: ShownProduct, pricePaise: bigint): string {
  const listPrices = new Set(product.variants.map((variant) => variant.mrpPaise));
  const [mrpPaise] = listPrices;
  if (listPrices.size !== 1 || mrpPaise == null || mrpPaise <= pricePaise) return '';
  return `<s>${escapeHtml(priceText(mrpPaise))}</s>`;
}

const meta = (attribute: 'name' | 'property', key: string, content: string): string =>
  `<meta ${attribute}="${key}" content="${escapeHtml(content)}">`;

interface Preview {
  readonly link: ShareLink;
  readonly urls: PageUrls;
  readonly type: 'product' | 'website';
  readonly title: string;
  readonly description: string;
  readonly picture: string | null;
}

/** Open Graph for WhatsApp and the like, and Twitter's own names for what it does not take from there. */
function previewTags({ link, urls, type, title, description, picture }: Preview): string[] {
  const short = shorten(description);
  return [
    meta('name', 'robots', 'noindex'),
    meta('property', 'og:type', type),
    meta('property', 'og:title', title),
    ...(short === '' ? [] : [meta('name', 'description', short), meta('property', 'og:description', short)]),
    meta('property', 'og:url', `${urls.publicUrl}/share/${link.code}`),
    ...(picture === null ? [] : [meta('property', 'og:image', picture), meta('name', 'twitter:image', picture)]),
    meta('name', 'twitter:card', picture === null ? 'summary' : 'summary_large_image'),
    meta('name', 'twitter:title', title),
    ...(short === '' ? [] : [meta('name', 'twitter:description', short)]),
  ];
}

/** Cut between words, counted in characters that people see. */
function shorten(text: string): string {
  const oneLine = text.replaceAll(/\s+/g, ' ').trim();
  const characters = Array.from(new Intl.Segmenter().segment(oneLine), ({ segment }) => segment);
  if (characters.length <= DESCRIPTION_MAX) return oneLine;
  const cut = characters.slice(0, DESCRIPTION_MAX - 1).join('');
  const lastSpace = cut.lastIndexOf(' ');
  return `${lastSpace > 0 ? cut.slice(0, lastSpace) : cut}…`;
}

const plain = (content: {
  mark: string;
  title: string;
  text: string;
  button: { href: string; label: string };
}): string => `
<div class="plain">
<div class="mark" aria-hidden="true">${content.mark}</div>
<h1>${escapeHtml(content.title)}</h1>
<p class="about">${escapeHtml(content.text)}</p>
<a class="button" href="${escapeHtml(content.button.href)}">${escapeHtml(content.button.label)}</a>
</div>`;

const page = ({
  title,
  head,
  body,
}: {
  title: string;
  head: readonly string[];
  body: string;
}): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>${escapeHtml(title)}</title>
${head.join('\n')}
<style>${STYLE}</style>
</head>
<body>
<main>${body}
</main>
</body>
</html>
`;
