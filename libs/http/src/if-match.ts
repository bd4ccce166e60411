import { preconditionFailed } from '@reseller/runtime';

const ETAG = /^(?:W\/)?"(\d{1,15})(?:-[\w-]*)?"$/;

/**
 * The version that `If-Match` names: an ETag of a GET (`"3-…"`) or a bare `"3"`. Null without the header or with `*`.
 *
 * @throws 412 for an ETag that is none of ours: it cannot match.
 */
export function versionFromIfMatch(header: string | undefined): bigint | null {
  if (header === undefined || header.trim() === '*') return null;
  const version = ETAG.exec(header.trim())?.[1];
  if (version === undefined)
    throw preconditionFailed('VERSION_MISMATCH', 'If-Match is not an ETag of what is to be changed.');
  return BigInt(version);
}

/** The version that a change expects, by the header or by a `version` in the body. @throws 412 where the two differ. */
export function expectedVersionOf(ifMatch: string | undefined, version: number | undefined): bigint | null {
  const named = versionFromIfMatch(ifMatch);
  if (version === undefined) return named;
  if (named !== null && named !== BigInt(version)) {
    throw preconditionFailed('VERSION_MISMATCH', 'If-Match and version name different versions.');
  }
  return BigInt(version);
}
