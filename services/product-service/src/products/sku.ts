import { slugOf } from './slug.js';

const PREFIX_MAX = 20;

/** A SKU for a variant that was given none: readable by its product, unique by the random end of its id. */
export function newSku(slug: string, variantId: string): string {
  const readable = slugOf(slug)
    .replace(/[^a-z0-9-]/g, '')
    .slice(0, PREFIX_MAX)
    .replace(/^-+|-+$/g, '');
  return `${readable === '' ? 'item' : readable}-${variantId.slice(-8)}`.toUpperCase();
}
