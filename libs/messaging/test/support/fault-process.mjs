// A service process that a test kills: the order service's relay or the wallet service's consumer, by ROLE, on the
// compiled library. FAILPOINT says where it dies.
import { openDatabase } from '@reseller/persistence';
import { createLogger } from '@reseller/runtime';
import { messagingEnv, ServiceEvents } from '@reseller/messaging';
import { z } from 'zod';

const role = process.env.ROLE;
const noPrisma = { $disconnect: () => Promise.resolve() };
const database = openDatabase(() => noPrisma, { url: process.env.DATABASE_URL, poolSize: 4, service: `fault-${role}` });
const catalogue = JSON.parse(process.env.CATALOGUE).map((definition) => ({
  ...definition,
  schema: z.object({ step: z.int() }),
}));
const settings = z.object(messagingEnv).parse(process.env);
const service = role === 'consumer' ? 'wallet' : 'order';
const logger = createLogger({ service, level: process.env.TEST_LOG_LEVEL ?? 'silent' });
const events = new ServiceEvents({ ...settings, service, catalogue }, database, logger);

const recordEffect = (event, { tx }) =>
  tx.query('insert into effects (event_id, aggregate_id, step) values ($1, $2, $3)', [
    event.id,
    event.aggregateId,
    event.data.step,
  ]);
const handlers = catalogue
  .filter(({ heardBy }) => heardBy.includes('wallet'))
  .map(({ type }) => [type, { handle: recordEffect, batchMax: 1 }]);
events.start(new Map(role === 'consumer' ? handlers : []));

process.on('SIGTERM', () => void events.stop().then(() => process.exit(0)));
