import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { diffMigrations } from '@reseller/persistence/migrations';
import { testDatabase, type TestDatabase } from '@reseller/testing';

const services = fileURLToPath(new URL('../services', import.meta.url));
const withSchema = readdirSync(services).filter((name) =>
  existsSync(path.join(services, name, 'prisma/schema.prisma')),
);

describe("a service's migrations", () => {
  let server: TestDatabase;
  beforeAll(async () => {
    server = await testDatabase({ name: 'migrations_agree', sql: '' });
  });
  afterAll(() => server.drop());

  it.each(withSchema)('of %s make exactly what its schema.prisma describes', async (name) => {
    const prisma = path.join(services, name, 'prisma');
    const difference = await diffMigrations({
      url: server.url,
      migrationsDir: path.join(prisma, 'migrations'),
      schema: readFileSync(path.join(prisma, 'schema.prisma'), 'utf8'),
    });
    expect(difference).toBe('');
  });
});
