import { defineEvent, eventOf, type DomainEvent, type EventDefinition } from '@reseller/contracts';
import { z } from 'zod';

const step = z.object({ step: z.int() });

/** Heard by wallet alone: the producer of these tests is order, the consumer wallet. */
export const StepTaken = defineEvent({
  type: 'TEST_STEP_TAKEN',
  from: 'order',
  aggregate: 'walk',
  heardBy: ['wallet'],
  says: 'A step was taken.',
  schema: step,
});

export const FigureCounted = defineEvent({
  type: 'TEST_FIGURE_COUNTED',
  from: 'order',
  aggregate: 'figure',
  heardBy: ['wallet'],
  says: 'Light, frequent work.',
  schema: step,
});

export const NobodyHears = defineEvent({
  type: 'TEST_NOBODY_HEARS',
  from: 'order',
  aggregate: 'walk',
  heardBy: [],
  says: 'Published and heard by nobody.',
  schema: step,
});

/** In no catalogue: no queue is bound for it. */
export const Unroutable = defineEvent({
  type: 'TEST_UNROUTABLE',
  from: 'order',
  aggregate: 'walk',
  heardBy: ['wallet'],
  says: 'Lost without mandatory.',
  schema: step,
});

export const TEST_CATALOGUE: readonly EventDefinition[] = [StepTaken, FigureCounted, NobodyHears];

export function testEvent(
  definition: EventDefinition<string, typeof step>,
  aggregateId: string,
  stepNumber: number,
): DomainEvent {
  return eventOf(definition, {
    aggregateId,
    aggregateVersion: stepNumber,
    occurredAt: new Date(),
    data: { step: stepNumber },
  });
}
