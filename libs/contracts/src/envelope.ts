import { z } from 'zod';
import { childTraceparent, correlation, newId, newTraceparent } from '@reseller/runtime';
import { DEFAULT_BUSINESS_ID, type ServiceName } from './services.js';

/** What every event carries around its `data`. Tolerant: unknown fields pass, so that adding one keeps the version. */
export const envelopeSchema = z.object({
  id: z.uuid(),
  type: z.string(),
  version: z.int().positive(),
  occurredAt: z.iso.datetime(),
  aggregateId: z.string(),
  aggregateVersion: z.int().nonnegative(),
  businessId: z.uuid(),
  actor: z.string().nullable(),
  traceparent: z.string(),
  data: z.unknown(),
});

/** A fact in the past tense as it lies in an outbox and travels. */
export interface DomainEvent<Type extends string = string, Data = unknown> {
  readonly id: string;
  readonly type: Type;
  readonly version: number;
  readonly occurredAt: string;
  readonly aggregateId: string;
  /** Grows with every change of the aggregate: copies are written `where version < new`. */
  readonly aggregateVersion: number;
  readonly businessId: string;
  /** A user id, `service:<name>`, `job:<name>` or null where nobody is known. */
  readonly actor: string | null;
  readonly traceparent: string;
  readonly data: Data;
}

export interface EventDefinition<Type extends string = string, Schema extends z.ZodType = z.ZodType> {
  readonly type: Type;
  readonly version: number;
  readonly from: ServiceName;
  /** What `aggregateId` names. */
  readonly aggregate: string;
  readonly heardBy: readonly ServiceName[];
  /** One sentence for the generated documents. */
  readonly says: string;
  readonly schema: Schema;
}

export type EventOf<Definition extends EventDefinition> = DomainEvent<
  Definition['type'],
  z.infer<Definition['schema']>
>;

export function defineEvent<const Type extends string, Schema extends z.ZodType>(
  definition: Omit<EventDefinition<Type, Schema>, 'version'> & { version?: number },
): EventDefinition<Type, Schema> {
  return { version: 1, ...definition };
}

/** Builds an event; the trace continues that of the request or event under way. */
export function eventOf<Type extends string, Schema extends z.ZodType>(
  definition: EventDefinition<Type, Schema>,
  fact: {
    readonly aggregateId: string;
    readonly aggregateVersion: number | bigint;
    readonly occurredAt: Date;
    readonly data: z.infer<Schema>;
    readonly businessId?: string;
    readonly actor?: string | null;
  },
): DomainEvent<Type, z.infer<Schema>> {
  const context = correlation.current();
  return {
    id: newId(),
    type: definition.type,
    version: definition.version,
    occurredAt: fact.occurredAt.toISOString(),
    aggregateId: fact.aggregateId,
    aggregateVersion: Number(fact.aggregateVersion),
    businessId: fact.businessId ?? DEFAULT_BUSINESS_ID,
    actor: fact.actor ?? context?.actor ?? null,
    traceparent: context === undefined ? newTraceparent() : childTraceparent(context.traceparent),
    data: fact.data,
  };
}
