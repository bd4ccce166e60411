import type { ServerResponse } from 'node:http';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { unavailable } from '@reseller/runtime';
import { CONFIG, type GatewayConfig } from '../gateway.config.js';

/** Also of those whose access token lives longer, or who have none. */
const STREAM_MAX_MS = 3_600_000;

/**
 * Streams of events that pass through the gateway, a bounded number at a time. One ends with the access token that it
 * began with, because nobody asks for it again, or when the gateway stops: the reader comes back with a fresh token and
 * the id of the last event.
 */
@Injectable()
export class StreamLane implements OnModuleDestroy {
  private readonly passing = new Set<AbortController>();
  private isStopping = false;

  constructor(@Inject(CONFIG) private readonly config: Pick<GatewayConfig, 'STREAMS_MAX'>) {}

  /**
   * Holds a place until the response is closed.
   *
   * @param tokenEndsAtMs when the reader's access token does
   * @returns aborted when the stream has to end
   * @throws 503 STREAMS_BUSY when all places are taken
   */
  enter(response: ServerResponse, tokenEndsAtMs = Number.POSITIVE_INFINITY): AbortSignal {
    if (this.isStopping || this.passing.size >= this.config.STREAMS_MAX) {
      throw unavailable('STREAMS_BUSY', 'No more streams can be opened here right now. Try again in a moment.', {
        retryAfterSeconds: 5,
      });
    }
    const place = new AbortController();
    const remainingMs = Math.min(tokenEndsAtMs - Date.now(), STREAM_MAX_MS);
    const timer = setTimeout(() => place.abort(), Math.max(0, remainingMs)).unref();
    this.passing.add(place);
    response.once('close', () => {
      clearTimeout(timer);
      this.passing.delete(place);
    });
    return place.signal;
  }

  /** The first thing of a shutdown: who waits for connections to close would wait for these for ever. */
  onModuleDestroy(): void {
    this.isStopping = true;
    for (const place of this.passing) place.abort();
  }
}
