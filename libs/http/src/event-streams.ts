import { Readable } from 'node:stream';
import { StreamableFile, type OnModuleDestroy } from '@nestjs/common';
import { env, rateLimited, unavailable } from '@reseller/runtime';

/*
 * Server-sent events (WHATWG HTML, 9.2) of a service. A stream tells what a table holds after a position, so it can be
 * taken up again anywhere: every event's `id` is the position behind it, `Last-Event-ID` gives it back, and it does not
 * matter which instance the reader comes back to. Nothing is kept here for a reader: one who is behind is told more when
 * there is room, and one who has stopped reading is let go.
 */

export interface StreamedEvent {
  /** Where reading goes on after this event. */
  readonly position: number;
  /** What `addEventListener` takes. */
  readonly event: string;
  readonly data: object;
}

/** Readers are asked to wait this long before they come back. */
const RETRY_MS = 2_000;
/** One event more may be written while less than this waits to be read. */
const WAITING_MAX_BYTES = 65_536;

/** One reader. */
export class EventStream {
  private readonly bytes = new Readable({ read: () => undefined });
  private hasEnded = false;
  private wasFull = false;

  /**
   * @param reader whose it is, for the limit
   * @param position after which it is told what happens
   */
  constructor(
    readonly reader: string,
    private told: number,
  ) {
    this.bytes.push(`retry: ${RETRY_MS}\n\n`);
  }

  /** Up to where the reader has been told. */
  get position(): number {
    return this.told;
  }

  /** Whether there is room for an event. One who is told nothing while there is none misses nothing: it is read again. */
  get hasRoom(): boolean {
    return !this.hasEnded && this.bytes.readableLength < WAITING_MAX_BYTES;
  }

  send({ position, event, data }: StreamedEvent): void {
    if (this.hasEnded) return;
    this.passOver(position);
    this.bytes.push(`id: ${position}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** What lies up to here is not for this reader. The next beat tells the position, so that the reader does not fall behind. */
  passOver(position: number): void {
    this.told = position;
  }

  /** The position that was asked for cannot be gone on from: what the reader knows may lack something. */
  reset(position: number): void {
    this.send({ position, event: 'reset', data: {} });
  }

  /** A comment, so that nobody on the way takes a quiet stream for a dead one; a reader who takes none is let go. */
  beat(): void {
    if (this.hasEnded) return;
    if (!this.hasRoom && this.wasFull) {
      this.bytes.destroy();
      return;
    }
    this.wasFull = !this.hasRoom;
    if (this.hasRoom) this.bytes.push(`: still here\nid: ${this.told}\n\n`);
  }

  /** The reader sees the end and comes back. Nobody waits for one who does not read. */
  end(): void {
    const { hasRoom } = this;
    this.hasEnded = true;
    if (hasRoom) this.bytes.push(null);
    else this.bytes.destroy();
  }

  onGone(react: () => void): void {
    this.bytes.once('close', () => {
      this.hasEnded = true;
      react();
    });
  }

  /** What the handler of the route answers. */
  get answer(): StreamableFile {
    return new StreamableFile(this.bytes, { type: 'text/event-stream; charset=utf-8' });
  }
}

/** The part of the environment that a service with streams reads. */
export const streamEnv = {
  /** How often what streams tell is looked for, once for all of them. */
  STREAM_POLL_INTERVAL: env.durationMs('500ms'),
  STREAM_HEARTBEAT: env.durationMs('15s'),
  STREAMS_MAX: env.int(1_000, { min: 1 }),
  STREAMS_PER_READER_MAX: env.int(10, { min: 1 }),
};

export interface EventStreamLimits {
  readonly STREAM_HEARTBEAT: number;
  readonly STREAMS_MAX: number;
  readonly STREAMS_PER_READER_MAX: number;
}

/** The streams that this process has open. Provide it in the service's module with the service's configuration. */
export class EventStreams implements OnModuleDestroy {
  private readonly streams = new Set<EventStream>();
  private readonly heartbeat: NodeJS.Timeout;
  private isStopping = false;

  constructor(private readonly limits: EventStreamLimits) {
    this.heartbeat = setInterval(() => {
      for (const stream of this.streams) stream.beat();
    }, limits.STREAM_HEARTBEAT).unref();
  }

  /**
   * To be answered at once: what is opened and not answered stays open.
   *
   * @throws 429 TOO_MANY_STREAMS for a reader who has as many as one may have, 503 STREAMS_BUSY when the process has.
   */
  open(reader: string, position: number): EventStream {
    if (this.isStopping || this.streams.size >= this.limits.STREAMS_MAX) {
      throw unavailable('STREAMS_BUSY', 'No more streams can be opened here right now. Try again in a moment.', {
        retryAfterSeconds: 5,
      });
    }
    const own = [...this.streams].filter((stream) => stream.reader === reader).length;
    if (own >= this.limits.STREAMS_PER_READER_MAX) {
      throw rateLimited(
        'TOO_MANY_STREAMS',
        `At most ${this.limits.STREAMS_PER_READER_MAX} streams may be open at once.`,
        {
          retryAfterSeconds: 30,
        },
      );
    }
    const stream = new EventStream(reader, position);
    this.streams.add(stream);
    stream.onGone(() => this.streams.delete(stream));
    return stream;
  }

  /** The first thing of a shutdown, so that connections are free to close. Readers take their streams up elsewhere. */
  onModuleDestroy(): void {
    this.isStopping = true;
    clearInterval(this.heartbeat);
    for (const stream of this.streams) stream.end();
  }
}
