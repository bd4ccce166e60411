/** What could mean another path to a service than to the route table; most paths have nothing of it. */
const SUSPICIOUS = /[\\%]|\/\./;
const CRAFTED = /\\|(?:^|\/)\.{1,2}(?:\/|$)/;

/**
 * A path that leaves its route once `.`, `..` and `\` are resolved, plain or percent-encoded:
 * `/products/x\..\..\internal` matches `/products/*` here and would be `/internal` to a URL parser.
 *
 * @param url already known to be well-formed
 */
export function isCraftedPath(url: string): boolean {
  const path = url.split('?', 1)[0] ?? url;
  return SUSPICIOUS.test(path) && CRAFTED.test(decodeURIComponent(path));
}
