import type { ServiceName } from '@reseller/contracts';

/** An event on its way out: the envelope is already text, because nothing between outbox and wire looks into it. */
export interface OutgoingEvent {
  readonly id: string;
  readonly type: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * What became of one published event. `returned` (no queue took it) and `refused` are about the event; `unanswered`
 * (no connection, or no answer before the deadline) is about the broker and says nothing against the event.
 */
export type PublishOutcome =
  | { readonly kind: 'confirmed' }
  | { readonly kind: 'returned'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unanswered'; readonly reason: string };

/** An event as a consumer receives it. `attempt` counts from 1. */
export interface Delivery {
  readonly id: string;
  readonly type: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly attempt: number;
  readonly firstFailedAt: string | null;
}

/** Why a delivery did not succeed, as it travels with the message to the retry and dead queues. */
export interface Failure {
  readonly error: string;
  readonly stack: string;
  readonly attempts: number;
  readonly firstFailedAt: string;
}

/**
 * What the transport shall do with a delivery. `abandon` gives it back untouched: another try that is not counted, for
 * shutting down and for outages.
 */
export type Disposition =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly delayMs: number; readonly failure: Failure }
  | { readonly kind: 'dead'; readonly failure: Failure }
  | { readonly kind: 'abandon' };

/** Never rejects: every error is a disposition. */
export type DeliveryHandler = (delivery: Delivery) => Promise<Disposition>;

export interface Subscription {
  start(): void;
  /** Takes no new deliveries; resolves when those in flight are settled. May be started again. */
  stop(): Promise<void>;
  /** Whether deliveries can arrive now. */
  isActive(): boolean;
}

export interface TransportState {
  readonly ready: boolean;
  readonly detail?: string;
}

export interface QueueDepth {
  readonly waiting: number;
  readonly retrying: number;
  readonly dead: number;
}

export interface DeadLetter {
  readonly id: string;
  readonly type: string;
  readonly body: string;
  readonly error: string;
  readonly stack: string;
  readonly attempts: number;
  readonly firstFailedAt: string | null;
  readonly diedAt: string | null;
}

export interface DeadLetterFilter {
  readonly id?: string | undefined;
  readonly type?: string | undefined;
}

/** The parking lot of one service at a time. */
export interface DeadLetters {
  list(service: ServiceName, filter: DeadLetterFilter, limit: number): Promise<DeadLetter[]>;
  /** Back to the service's queue as a first attempt; safe because of the inbox. Returns how many. */
  replay(service: ServiceName, filter: DeadLetterFilter): Promise<number>;
  discard(service: ServiceName, filter: DeadLetterFilter): Promise<number>;
}

/**
 * Carries events from outboxes to consumers, at least once. RabbitMQ and the embedded bus implement it, and one
 * conformance suite holds both to the same behaviour.
 */
export interface Transport {
  readonly name: 'rabbitmq' | 'embedded';
  /** Begins to connect and keeps trying; returns at once, also while the broker is down. */
  open(): void;
  close(): Promise<void>;
  state(): TransportState;
  /** Called each time the transport becomes able to publish. */
  onReady(listener: () => void): void;
  /** One outcome per event, in the same order. Never rejects, and answers within the confirm deadline. */
  publish(events: readonly OutgoingEvent[]): Promise<PublishOutcome[]>;
  /** Not started yet. At most `prefetch` deliveries are with `handle` at a time. */
  subscribe(service: ServiceName, prefetch: number, handle: DeliveryHandler): Subscription;
  queueDepth(service: ServiceName): Promise<QueueDepth>;
  readonly deadLetters: DeadLetters;
  /**
   * Deletes every queue of this transport's namespace with all it holds, also before `open`. For tests; refuses an empty
   * namespace.
   */
  removeNamespace(): Promise<void>;
}

/** How long a publish may take. Shorter than what the relay's transaction is allowed. */
export const CONFIRM_DEADLINE_MS = 3_000;
