import { Counter, Gauge, Histogram } from 'prom-client';

/*
 * On prom-client's default registry, labelled by service. The gauges ask their sources when they are scraped.
 */

export const handlerSeconds = new Histogram({
  name: 'event_handler_seconds',
  help: 'Time an event handler took inside its transaction',
  labelNames: ['service', 'type'],
  buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
});

export const retriesTotal = new Counter({
  name: 'event_retries_total',
  help: 'Deliveries that failed and were sent to a retry queue',
  labelNames: ['service', 'type'],
});

export const deadTotal = new Counter({
  name: 'event_dead_total',
  help: 'Deliveries that were parked on the dead queue',
  labelNames: ['service', 'type'],
});

/** What the gauges of one service read when they are scraped. */
export interface MeasuredService {
  readonly service: string;
  outbox(): Promise<{ pending: number; oldestAgeSeconds: number; parked: number }>;
  queue(): Promise<{ waiting: number; retrying: number; dead: number }>;
}

const measured = new Set<MeasuredService>();

/** Adds a service to the gauges until the returned function is called. */
export function measure(service: MeasuredService): () => void {
  measured.add(service);
  return () => measured.delete(service);
}

type Sample = (service: MeasuredService) => Promise<Record<string, number>>;

function gauge(name: string, help: string, label: string | null, sample: Sample): Gauge {
  return new Gauge({
    name,
    help,
    labelNames: label === null ? ['service'] : ['service', label],
    async collect() {
      this.reset();
      for (const source of measured) {
        // A source that is down leaves its series out: no figure is better than a wrong one.
        const values = await sample(source).catch(() => ({}));
        for (const [key, value] of Object.entries(values)) {
          this.set(label === null ? { service: source.service } : { service: source.service, [label]: key }, value);
        }
      }
    },
  });
}

gauge('outbox_pending', 'Outbox rows that wait to be published', null, async (source) => ({
  pending: (await source.outbox()).pending,
}));
gauge('outbox_oldest_age_seconds', 'Age of the oldest outbox row that waits', null, async (source) => ({
  age: (await source.outbox()).oldestAgeSeconds,
}));
gauge('outbox_parked', 'Outbox rows given up after their last attempt', null, async (source) => ({
  parked: (await source.outbox()).parked,
}));
gauge('event_queue_depth', 'Messages of the service by queue', 'queue', async (source) => ({
  ...(await source.queue()),
}));
