import { isNativeError } from 'node:util/types';

/*
 * What a log line must never hold: credentials, personal data, SQL, the values in it, and stacks. Fields are judged by
 * their key at every level; free text, which errors bring along, is searched for what looks like any of these.
 */
const CENSORED = '[redacted]';
const DEPTH_MAX = 5;
const TEXT_MAX = 300;

const SECRET_KEY =
  /(?:password|password[-_]?hash|passwd|secret|token|signature|authorization|cookie|api[-_]?key|private[-_]?key|x-identity)s?$/i;
const PERSONAL_KEY =
  /^(?:e[-_]?mail|phone|address|shipping[-_]?address|bank[-_]?account|reset[-_]?url|verify[-_]?url)$/i;

/** `postgresql://user:password@host`: everything before the last `@`, as a password may hold one. */
const URL_CREDENTIALS = /(:\/\/)[^\s"'`<>]+@/g;

const IN_TEXT: readonly (readonly [RegExp, string])[] = [
  [
    /\b(?:select\s[\s\S]*?\sfrom|insert\s+into|update\s+\S+\s+set|delete\s+from|with\s+\w+\s+as\s*\()(?=\s)[\s\S]*/i,
    '[sql]',
  ],
  [URL_CREDENTIALS, `$1${CENSORED}@`],
  [/\b(bearer|basic)\s+[\w.~+/=-]+/gi, `$1 ${CENSORED}`],
  [/\beyJ[\w-]+\.[\w-]*(?:\.[\w-]*)?/g, CENSORED],
  [
    /\b([\w-]*(?:password|passwd|secret|token|signature|authorization|cookie|api[-_]?key))(["']?\s*[:=]\s*)(?:"[^"]*"|'[^']*'|[^\s,;&}]+)/gi,
    `$1$2${CENSORED}`,
  ],
  [/\b[0-9a-f]{40,}\b/gi, CENSORED],
  [/[^\s@"'<>()=:]+@[^\s@"'<>()]+\.[a-z]{2,}/gi, '[email]'],
  [/\+\d{8,15}\b/g, '[phone]'],
];

/** Text on one line, of bounded length, without what looks like SQL, a credential or somebody's address. */
export function scrubbed(text: string): string {
  const clean = IN_TEXT.reduce(
    (rest, [pattern, replacement]) => rest.replace(pattern, replacement),
    text.slice(0, 4_000),
  );
  const line = clean.replace(/\s+/g, ' ').trim();
  return line.length > TEXT_MAX ? `${line.slice(0, TEXT_MAX)}…` : line;
}

const isError = (value: unknown): value is Error => value instanceof Error || isNativeError(value);

/** The fields of a log line as they may be written. */
export function redacted(fields: object): Record<string, unknown> {
  return censor(fields, 0) as Record<string, unknown>;
}

function censor(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.includes('@') ? value.replace(URL_CREDENTIALS, `$1${CENSORED}@`) : value;
  // Errors have a serializer of their own, which comes after this.
  if (typeof value !== 'object' || value === null || isError(value) || value instanceof Date) return value;
  if (depth >= DEPTH_MAX) return '[deep]';
  if (Array.isArray(value)) return value.map((item) => censor(item, depth + 1));
  const kept: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const isHidden = item !== undefined && item !== null && (SECRET_KEY.test(key) || PERSONAL_KEY.test(key));
    kept[key] = isHidden ? CENSORED : censor(item, depth + 1);
  }
  return kept;
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
const text = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

const SQLSTATE = /^[0-9A-Z]{5}$/;
const CAUSES_MAX = 3;

/** Postgres and JSON.parse quote the value that they could not read. */
const withoutQuoted = (message: string): string => message.replace(/"[\s\S]*"/g, '"…"');

function messageOf(error: object, code: string | undefined): string {
  const name = text(field(error, 'name')) ?? '';
  // Prisma's messages hold the arguments of the call, and lines of our source.
  if (name.startsWith('Prisma')) return 'Prisma refused or failed the request';
  const message = text(field(error, 'message')) ?? '';
  const quotes = name === 'SyntaxError' || (code !== undefined && SQLSTATE.test(code));
  return scrubbed(quotes ? withoutQuoted(message) : message);
}

/** What Postgres names; where Prisma has wrapped the driver's error, it lies deeper. */
function databaseFactsOf(error: object): Record<string, unknown> {
  const wrapped = field(field(field(error, 'meta'), 'driverAdapterError'), 'cause');
  const facts = {
    sqlState: text(field(wrapped, 'originalCode')),
    model: text(field(field(error, 'meta'), 'modelName')),
    table: text(field(error, 'table')),
    constraint: text(field(error, 'constraint')),
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/**
 * An error as a log shows it: name, code, scrubbed message, for the database's also table and constraint, and the same of
 * its causes. Never detail, query, parameters or other properties; a stack only when asked for.
 */
export function errorForLog(error: unknown, options: { readonly stacks: boolean }, depth = 0): unknown {
  if (typeof error !== 'object' || error === null) return typeof error === 'string' ? scrubbed(error) : error;
  const code = text(field(error, 'code'));
  const several: unknown = field(error, 'errors');
  const within = (cause: unknown) => errorForLog(cause, options, depth + 1);
  const cause = depth < CAUSES_MAX ? field(error, 'cause') : undefined;
  return {
    name: text(field(error, 'name')) ?? 'Error',
    ...(code === undefined ? {} : { code: scrubbed(code) }),
    message: messageOf(error, code),
    ...databaseFactsOf(error),
    ...(isError(cause) ? { cause: within(cause) } : {}),
    ...(Array.isArray(several) && depth < CAUSES_MAX ? { errors: several.slice(0, CAUSES_MAX).map(within) } : {}),
    ...(options.stacks && isError(error) ? { stack: framesOf(error) } : {}),
  };
}

/** The frames without the first lines, which repeat the message as it was. */
const framesOf = ({ stack = '' }: Error): string[] =>
  stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim());
