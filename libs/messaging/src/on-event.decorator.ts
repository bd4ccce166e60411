import { applyDecorators, UseFilters } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { EventDefinition, EventOf } from '@reseller/contracts';
import type { EventContext } from './event-context.js';
import { RethrowFilter } from './rethrow.filter.js';

export interface OnEventOptions {
  /**
   * Up to this many messages that wait for handlers with `batch` share one transaction. For light, frequent work
   * (figures, notifications). When one of them fails, each runs again in its own transaction.
   */
  readonly batch?: number;
}

type EventHandlerDecorator<Event> = <Handler extends (event: Event, context: EventContext) => Promise<void> | void>(
  target: object,
  propertyKey: string | symbol,
  descriptor: TypedPropertyDescriptor<Handler>,
) => void;

/**
 * Marks a controller method as the service's handler of an event. Parameters: `@Payload() event, @Ctx() context`.
 * It runs once in effect, in any order, and may be tried again: see the delivery contract.
 */
export function OnEvent<Definition extends EventDefinition>(
  definition: Definition,
  options: OnEventOptions = {},
): EventHandlerDecorator<EventOf<Definition>> {
  return applyDecorators(EventPattern<string>(definition.type, { ...options }), UseFilters(RethrowFilter));
}
