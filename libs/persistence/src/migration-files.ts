import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** One folder under prisma/migrations. */
export interface MigrationFile {
  /** The folder's name, `<yyyymmddhhmmss>_<what>`: it orders the migrations and identifies them for ever. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the SQL in hex, as `_prisma_migrations.checksum` holds it. */
  readonly checksum: string;
}

/** The migrations in a folder, oldest first; none when the folder is empty or missing. */
export async function readMigrations(migrationsDir: string): Promise<MigrationFile[]> {
  const entries = await readdir(migrationsDir, { withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(path.join(migrationsDir, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}
