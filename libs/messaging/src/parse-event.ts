import { envelopeSchema, type DomainEvent, type EventDefinition } from '@reseller/contracts';
import { z } from 'zod';
import { UnprocessableEventError } from './retry-ladder.js';
import type { Delivery } from './transport.js';

/**
 * The event in a delivery, checked against the catalogue once; handlers trust it.
 *
 * @throws {UnprocessableEventError} when it is malformed, or of a type or version that this build does not know.
 */
export function parseEvent(
  delivery: Delivery,
  definitionOf: (type: string) => EventDefinition | undefined,
): DomainEvent {
  const envelope = envelopeSchema.safeParse(jsonOf(delivery.body));
  if (!envelope.success) throw new UnprocessableEventError(`malformed envelope: ${z.prettifyError(envelope.error)}`);
  const { type, version } = envelope.data;
  const definition = definitionOf(type);
  if (definition === undefined) throw new UnprocessableEventError(`unknown event type ${type}`);
  if (definition.version !== version) {
    throw new UnprocessableEventError(`${type} has version ${version}, this build reads ${definition.version}`);
  }
  const data = definition.schema.safeParse(envelope.data.data);
  if (!data.success) throw new UnprocessableEventError(`malformed ${type}: ${z.prettifyError(data.error)}`);
  return { ...envelope.data, data: data.data };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new UnprocessableEventError('the body is not JSON');
  }
}
