import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { DomainEvent } from '@reseller/contracts';
import { isObservable, lastValueFrom } from 'rxjs';
import type { EventContext } from './event-context.js';
import type { RegisteredHandler } from './event-consumer.js';

type EventHandler = MessageHandler<unknown, EventContext, unknown>;

/** What the strategy starts once Nest has registered the handlers, and stops when the application closes. */
export interface EventProcess {
  start(handlers: ReadonlyMap<string, RegisteredHandler>): void;
  stop(): Promise<void>;
}

/**
 * Nest's side of consuming: collects the `@OnEvent` handlers with their guards, pipes and interceptors. Nest closes it
 * after the HTTP server and before the shutdown hooks that close the database, which is the order that draining needs.
 */
export class DomainEventsServer extends Server implements CustomTransportStrategy {
  override readonly propagatesEventHandlerErrors = true;

  constructor(private readonly events: EventProcess) {
    super();
  }

  override addHandler(
    pattern: string,
    callback: MessageHandler,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    // Nest would run them concurrently, inside one transaction.
    if (this.messageHandlers.has(pattern)) throw new Error(`two handlers for ${pattern} in one service`);
    super.addHandler(pattern, callback, isEventHandler, extras);
  }

  listen(callback: () => void): void {
    const handlers: ReadonlyMap<string, EventHandler> = this.messageHandlers;
    this.events.start(new Map([...handlers].map(([type, handler]) => [type, registered(handler)])));
    callback();
  }

  async close(): Promise<void> {
    await this.events.stop();
  }

  on(): void {
    throw new Error('the event transport has no events of its own to listen to');
  }

  unwrap<T>(): T {
    throw new Error('the event transport is not reached through Nest');
  }
}

function registered(handler: EventHandler): RegisteredHandler {
  const batchMax: unknown = handler.extras?.['batch'];
  return {
    batchMax: typeof batchMax === 'number' ? batchMax : 1,
    handle: async (event: DomainEvent, context: EventContext) => {
      const result = await handler(event, context);
      if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
    },
  };
}
