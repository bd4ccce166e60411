// What a service would read from its environment, for scripts that act in its place.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { root } from './repo.mjs';

/** The variables in a service's own .env; none when it has no such file. */
export function serviceDotEnv(service) {
  const file = path.join(root, service.dir, '.env');
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
}

/** 'share-link' → 'share_link_db'. */
export const databaseName = (service) => `${service.name.replaceAll('-', '_')}_db`;

/** The URL of another database on the same server. */
export function urlOfDatabase(serverUrl, name) {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/**
 * Where migrations of a service go: a direct URL if there is one, because a transaction pooler has no sessions to lock in.
 * The process's DATABASE_URL names one database, so it only counts when one service is meant.
 * @returns {string | undefined}
 */
export function migrationUrl(service, { alone, env = process.env }) {
  const own = serviceDotEnv(service);
  const named = alone ? (env.DIRECT_DATABASE_URL ?? env.DATABASE_URL) : undefined;
  const url = named ?? own.DIRECT_DATABASE_URL ?? own.DATABASE_URL;
  if (url) return url;
  return env.DATABASE_ADMIN_URL ? urlOfDatabase(env.DATABASE_ADMIN_URL, databaseName(service)) : undefined;
}
