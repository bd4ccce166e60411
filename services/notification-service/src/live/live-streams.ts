import { Inject, Injectable } from '@nestjs/common';
import { administers, EventStreams, requireUser, type EventStream, type Identity } from '@reseller/http';
import { LOGGER, ServiceJob, type Logger } from '@reseller/runtime';
import { CONFIG, type NotificationServiceConfig } from '../notification-service.config.js';
import type { LiveEvent } from './live-event.js';
import { LIVE_PAGE, LiveEventQueries } from './live-event.queries.js';
import { toLiveEventView } from './live.schemas.js';
import { NumberLiveEvents } from './number-live-events.js';

interface Dashboard {
  readonly stream: EventStream;
  readonly caller: Identity;
}

/** Tells administrators what happens in their business. One look at the table serves all that are connected here. */
@Injectable()
export class LiveStreams extends ServiceJob {
  private readonly dashboards = new Set<Dashboard>();

  constructor(
    private readonly streams: EventStreams,
    private readonly liveEvents: LiveEventQueries,
    private readonly numberLiveEvents: NumberLiveEvents,
    @Inject(CONFIG) config: Pick<NotificationServiceConfig, 'STREAM_POLL_INTERVAL'>,
    @Inject(LOGGER) logger: Logger,
  ) {
    super('live-streams', config.STREAM_POLL_INTERVAL, logger);
  }

  /** A new dashboard is told what happens from now on; one that comes back, what it has missed. */
  async follow(caller: Identity, lastEventId: number | undefined): Promise<EventStream> {
    await this.numberLiveEvents.execute();
    const { lastPosition, deletedThrough } = await this.liveEvents.bounds();
    const goesOn = lastEventId !== undefined && lastEventId >= deletedThrough && lastEventId <= lastPosition;
    const stream = this.streams.open(requireUser(caller), goesOn ? lastEventId : lastPosition);
    if (lastEventId === undefined) stream.send({ position: lastPosition, event: 'ready', data: {} });
    else if (!goesOn) stream.reset(lastPosition);
    const dashboard = { stream, caller };
    this.dashboards.add(dashboard);
    stream.onGone(() => this.dashboards.delete(dashboard));
    return stream;
  }

  async execute(): Promise<number> {
    await this.numberLiveEvents.execute();
    const reading = [...this.dashboards].filter(({ stream }) => stream.hasRoom);
    if (reading.length === 0) return 0;
    const least = Math.min(...reading.map(({ stream }) => stream.position));
    const events = await this.liveEvents.after(least);
    for (const dashboard of reading) tell(dashboard, events);
    return events.length === LIVE_PAGE ? events.length : 0;
  }
}

function tell({ stream, caller }: Dashboard, events: readonly LiveEvent[]): void {
  for (const event of events) {
    const { position, type, businessId } = event;
    if (!stream.hasRoom) return;
    if (position <= stream.position) continue;
    if (administers(caller, businessId)) stream.send({ position, event: type, data: toLiveEventView(event) });
    else stream.passOver(position);
  }
}
