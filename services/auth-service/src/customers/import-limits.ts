export const IMPORT_ROWS_MAX = 5_000;
/** Below what the gateway lets pass on routes that take files. */
export const IMPORT_BODY_BYTES = 4 * 1_048_576;
