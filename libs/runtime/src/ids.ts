import { v7 } from 'uuid';

/** A new UUIDv7 (RFC 9562): sorts by creation time, so that primary keys append instead of scattering over the index. */
export function newId(): string {
  return v7();
}
