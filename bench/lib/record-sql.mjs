// Preloaded into every service for the floor: writes down each statement with its values, as it goes to the connection.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import utils from 'pg/lib/utils.js';

// What pg itself makes of values before it sends them, so that sending them again means the same.
const { prepareValue } = utils;

const statements = [];
const connections = new Map();
const original = pg.Client.prototype.query;

const sent = (value) => (Buffer.isBuffer(value) ? { base64: value.toString('base64') } : value);

pg.Client.prototype.query = function query(config, ...rest) {
  const text = typeof config === 'string' ? config : config?.text;
  if (typeof text === 'string') {
    if (!connections.has(this)) connections.set(this, `${process.pid}:${connections.size}`);
    const values = (config?.values ?? (Array.isArray(rest[0]) ? rest[0] : [])).map((value) =>
      sent(prepareValue(value)),
    );
    statements.push({
      atMs: performance.timeOrigin + performance.now(),
      database: this.database,
      connection: connections.get(this),
      text,
      name: config?.name,
      values,
    });
  }
  return original.call(this, config, ...rest);
};

process.once('exit', () => {
  const folder = process.env.BENCH_RECORD;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${process.pid}.json`), JSON.stringify(statements));
});
