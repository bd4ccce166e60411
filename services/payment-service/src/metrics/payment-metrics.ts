import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Database, type Sql } from '@reseller/persistence';
import { Gauge } from 'prom-client';
import { countOwedRefunds } from '../refunds/refund.repository.js';
import { countUnworkedWebhooks } from '../webhooks/webhook.repository.js';

/*
 * What is left to do about money, on prom-client's default registry and asked for when it is scraped. Every series is
 * there at 0 too, so that an alert can tell "nothing" from "not known".
 */

const databases = new Set<Sql>();

function gauge(name: string, help: string, label: string, count: (sql: Sql) => Promise<Record<string, number>>): void {
  new Gauge({
    name,
    help,
    labelNames: [label],
    async collect() {
      this.reset();
      for (const database of databases) {
        // A database that is down leaves its series out: no figure is better than a wrong one.
        const counts = await count(database).catch(() => ({}));
        for (const [value, rows] of Object.entries(counts)) this.inc({ [label]: value }, rows);
      }
    },
  });
}

gauge('payment_refunds_owed', 'Refunds that have not reached the customer', 'status', countOwedRefunds);
gauge('payment_webhooks_unworked', 'Webhooks that are stored and not worked', 'state', countUnworkedWebhooks);

/** Adds the service's database to the gauges for as long as the service runs. */
@Injectable()
export class PaymentMetrics implements OnModuleInit, OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  onModuleInit(): void {
    databases.add(this.database);
  }

  onApplicationShutdown(): void {
    databases.delete(this.database);
  }
}
