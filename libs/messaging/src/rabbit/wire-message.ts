import type { Message, MessageProperties } from 'amqplib';
import type { Delivery, DeadLetter, Failure, OutgoingEvent } from '../transport.js';
import type { WireMessage } from './confirmed-publisher.js';

/** Our own counter: what brokers count changed its meaning between RabbitMQ versions. */
const ATTEMPT = 'x-attempt';
const FIRST_FAILED_AT = 'x-first-failed-at';
const ERROR = 'x-error';
const STACK = 'x-error-stack';
const DIED_AT = 'x-died-at';
const OWN_HEADERS = new Set([ATTEMPT, FIRST_FAILED_AT, ERROR, STACK, DIED_AT]);

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** The publisher's headers, without ours and without what the broker adds. */
function publisherHeaders(properties: MessageProperties): Record<string, string> {
  const entries = Object.entries(properties.headers ?? {});
  return Object.fromEntries(
    entries.flatMap(([name, value]) =>
      typeof value === 'string' && !OWN_HEADERS.has(name) && !name.startsWith('x-first-') && !name.startsWith('x-last-')
        ? [[name, value]]
        : [],
    ),
  );
}

function attemptOf(properties: MessageProperties): number {
  const value: unknown = properties.headers?.[ATTEMPT];
  return typeof value === 'number' ? value : 1;
}

export function eventMessage(event: OutgoingEvent, exchange: string, mandatory: boolean): WireMessage {
  return {
    exchange,
    routingKey: event.type,
    body: Buffer.from(event.body),
    options: properties(event.id, event.type, { ...event.headers }, mandatory),
  };
}

export function deliveryOf(message: Message): Delivery {
  const { properties: of } = message;
  return {
    id: text(of.messageId),
    type: text(of.type),
    body: message.content.toString(),
    headers: publisherHeaders(of),
    attempt: attemptOf(of),
    firstFailedAt: textOrNull(of.headers?.[FIRST_FAILED_AT]),
  };
}

/** For a retry queue: the same message as its next attempt. */
export function retryMessage(message: Message, queue: string, failure: Failure): WireMessage {
  return moved(message, queue, {
    [ATTEMPT]: failure.attempts + 1,
    [FIRST_FAILED_AT]: failure.firstFailedAt,
    [ERROR]: failure.error,
  });
}

export function deadMessage(message: Message, queue: string, failure: Failure, diedAt: Date): WireMessage {
  return moved(message, queue, {
    [ATTEMPT]: failure.attempts,
    [FIRST_FAILED_AT]: failure.firstFailedAt,
    [ERROR]: failure.error,
    [STACK]: failure.stack,
    [DIED_AT]: diedAt.toISOString(),
  });
}

/** For the service's own queue: a dead letter as a first attempt. */
export const replayMessage = (message: Message, queue: string): WireMessage => moved(message, queue, {});

export function deadLetterOf(message: Message): DeadLetter {
  const delivery = deliveryOf(message);
  const headers = message.properties.headers ?? {};
  return {
    id: delivery.id,
    type: delivery.type,
    body: delivery.body,
    // The broker itself dead-letters what was redelivered too often, with no failure of ours in the headers.
    error: textOrNull(headers[ERROR]) ?? `parked by the broker: ${headers['x-death']?.[0]?.reason ?? 'unknown reason'}`,
    stack: text(headers[STACK]),
    attempts: delivery.attempt,
    firstFailedAt: delivery.firstFailedAt,
    diedAt: textOrNull(headers[DIED_AT]),
  };
}

function moved(message: Message, queue: string, own: Record<string, string | number>): WireMessage {
  const { properties: of } = message;
  const headers = { ...publisherHeaders(of), ...own };
  return {
    exchange: '',
    routingKey: queue,
    body: message.content,
    options: properties(text(of.messageId), text(of.type), headers, true),
  };
}

function properties(
  messageId: string,
  type: string,
  headers: Record<string, string | number>,
  mandatory: boolean,
): WireMessage['options'] {
  return { messageId, type, headers, mandatory, contentType: 'application/json' };
}
