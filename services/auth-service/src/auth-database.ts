import { openDatabase, type Database, type DatabaseOptions } from '@reseller/persistence';
import { PrismaClient } from './generated/prisma/client.js';

/** The service's database, for the service itself and for commands that work beside it. */
export function openAuthDatabase(options: DatabaseOptions): Database<PrismaClient> {
  return openDatabase((adapter) => new PrismaClient({ adapter }), options);
}
