import { Inject, Injectable } from '@nestjs/common';
import { EventStreams, type EventStream } from '@reseller/http';
import { LOGGER, ServiceJob, type Logger } from '@reseller/runtime';
import { CONFIG, type OrderServiceConfig } from '../order-service.config.js';
import type { OrderVisibility } from './order-access.js';
import { OrderChanges, type FollowedOrder } from './order-changes.js';
import type { Order } from './order-state.js';
import { toOrderChangeView, toOrderView } from './order-view.js';

interface Follower {
  readonly stream: EventStream;
  readonly orderId: string;
  readonly view: OrderVisibility;
}

export interface Follow {
  readonly order: Order;
  readonly view: OrderVisibility;
  readonly reader: string;
  readonly lastEventId: number | undefined;
}

/**
 * Tells those who follow an order what happens to it. The position in the stream of an order is its version; its history
 * is kept for ever, so any version can be gone on from.
 */
@Injectable()
export class OrderStreams extends ServiceJob {
  private readonly followers = new Set<Follower>();

  constructor(
    private readonly streams: EventStreams,
    private readonly changes: OrderChanges,
    @Inject(CONFIG) config: Pick<OrderServiceConfig, 'STREAM_POLL_INTERVAL'>,
    @Inject(LOGGER) logger: Logger,
  ) {
    super('order-streams', config.STREAM_POLL_INTERVAL, logger);
  }

  /** A new reader is told how the order stands; one who comes back, what has happened since. */
  follow({ order, view, reader, lastEventId }: Follow): EventStream {
    const { version } = order;
    const goesOn = lastEventId !== undefined && lastEventId <= version;
    const stream = this.streams.open(reader, goesOn ? lastEventId : version);
    if (!goesOn) {
      if (lastEventId !== undefined) stream.reset(version);
      stream.send({ position: version, event: 'order', data: toOrderView(order, view) });
    }
    const follower = { stream, orderId: order.id, view };
    this.followers.add(follower);
    stream.onGone(() => this.followers.delete(follower));
    return stream;
  }

  async execute(): Promise<void> {
    const followers = [...this.followers].filter(({ stream }) => stream.hasRoom);
    if (followers.length === 0) return;
    const changes = await this.changes.since(oncePerOrder(followers));
    for (const { stream, orderId, view } of followers) {
      const changed = changes.get(orderId);
      for (const entry of changed?.history ?? []) {
        if (changed === undefined || entry.version <= stream.position || !stream.hasRoom) continue;
        const data = toOrderChangeView(entry, changed.order, view);
        stream.send({ position: entry.version, event: 'change', data });
      }
    }
  }
}

/** From where the one who knows least of each order is to be told. */
function oncePerOrder(followers: readonly Follower[]): FollowedOrder[] {
  const least = new Map<string, number>();
  for (const { orderId, stream } of followers) {
    least.set(orderId, Math.min(stream.position, least.get(orderId) ?? stream.position));
  }
  return [...least].map(([orderId, version]) => ({ orderId, version }));
}
