import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadEnvFile } from 'node:process';
import { z } from 'zod';

/** The environment does not fit the schema; `message` lists every problem, one a line. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(['The configuration is not usable:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
    this.name = 'ConfigError';
  }
}

const DURATION_UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function durationMs(text: string): number | undefined {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text.trim());
  if (match === null) return undefined;
  const unit = match[2] as keyof typeof DURATION_UNITS_MS;
  return Number(match[1]) * DURATION_UNITS_MS[unit];
}

const blankIsAbsent = <S extends z.ZodType>(schema: S) =>
  z.preprocess((value) => (typeof value === 'string' && value.trim() === '' ? undefined : value), schema);

/** Schemas that read typed values from environment strings; an empty string counts as not set. */
export const env = {
  text: (fallback?: string) => blankIsAbsent(fallback === undefined ? z.string() : z.string().default(fallback)),
  optionalText: () => blankIsAbsent(z.string().optional()),
  port: (fallback: number) => blankIsAbsent(z.coerce.number().int().min(0).max(65_535).default(fallback)),
  int: (fallback: number, bounds: { min?: number; max?: number } = {}) =>
    blankIsAbsent(
      z.coerce
        .number()
        .int()
        .min(bounds.min ?? 0)
        .max(bounds.max ?? Number.MAX_SAFE_INTEGER)
        .default(fallback),
    ),
  flag: (fallback: boolean) =>
    blankIsAbsent(
      z
        .enum(['true', 'false', '1', '0'])
        .transform((value) => value === 'true' || value === '1')
        .default(fallback),
    ),
  url: (fallback?: string) => blankIsAbsent(fallback === undefined ? z.url() : z.url().default(fallback)),
  optionalUrl: () => blankIsAbsent(z.url().optional()),
  secret: (bounds: { min: number }) => blankIsAbsent(z.string().min(bounds.min)),
  optionalSecret: (bounds: { min: number }) => blankIsAbsent(z.string().min(bounds.min).optional()),
  /** Comma-separated. */
  list: (fallback: readonly string[]) =>
    blankIsAbsent(
      z
        .string()
        .default(fallback.join(','))
        .transform((text) =>
          text
            .split(',')
            .map((item) => item.trim())
            .filter((item) => item !== ''),
        ),
    ),
  /** `15m`, `7d`, `500ms`; the value is milliseconds. */
  durationMs: (fallback: string) =>
    blankIsAbsent(
      z
        .string()
        .default(fallback)
        .transform((text, context) => {
          const value = durationMs(text);
          if (value !== undefined) return value;
          context.addIssue({ code: 'custom', message: 'must be a duration such as 500ms, 30s, 15m, 12h or 7d' });
          return z.NEVER;
        }),
    ),
};

/**
 * Parses the environment once, before anything starts. Values already in the environment win over the `.env` file in
 * `dir`. Without an explicit `env`, problems are printed together and the process exits with code 1.
 *
 * @throws {ConfigError} when `env` is given and does not fit.
 */
export function loadConfig<S extends z.ZodType>(
  schema: S,
  options: { dir?: string; env?: NodeJS.ProcessEnv } = {},
): z.infer<S> {
  if (options.env === undefined && options.dir !== undefined) {
    const file = join(options.dir, '.env');
    if (existsSync(file)) loadEnvFile(file);
  }
  const parsed = schema.safeParse(options.env ?? process.env);
  if (parsed.success) return parsed.data;
  const error = new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  if (options.env !== undefined) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
