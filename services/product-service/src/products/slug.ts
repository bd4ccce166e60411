const SLUG_MAX = 100;

/** Letters that Unicode does not decompose into a base letter and a mark. */
const LATIN: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ı: 'i',
};

/**
 * A readable piece of URL from a name: accents of Latin letters are dropped, other scripts keep their letters and marks
 * (`Crème brûlée` → `creme-brulee`, `लाल साड़ी` → `लाल-साड़ी`). Empty where the name has neither letters nor digits.
 */
export function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .normalize('NFD')
    .replace(/(\p{Script=Latin})[\u0300-\u036f]+/gu, '$1')
    .replace(/[ßæœøđðłþı]/g, (letter) => LATIN[letter] ?? letter)
    .normalize('NFC')
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '-')
    .replace(/^-+/, '');
  // By code points, so that no letter outside the basic plane is cut in half.
  return Array.from(slug).slice(0, SLUG_MAX).join('').replace(/-+$/, '');
}

export function isSlug(text: string): boolean {
  return text !== '' && text === slugOf(text);
}

/** The first of `base`, `base-2`, `base-3` … that is not taken. */
export function freeSlug(base: string, taken: ReadonlySet<string>): string {
  if (!taken.has(base)) return base;
  for (let suffix = 2; ; suffix += 1) {
    const candidate = `${base}-${suffix}`;
    if (!taken.has(candidate)) return candidate;
  }
}
