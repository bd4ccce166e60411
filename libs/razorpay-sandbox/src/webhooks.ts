import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { BoundedMap } from './bounded-map.js';
import { randomPart } from './ids.js';
import { refused } from './razorpay-error.js';
import { webhookSignature } from './signatures.js';
import { GOOD_DELIVERY, type WebhookBehaviour } from './webhook-behaviour.js';
import type { WebhookEvent, WebhookEventName } from './webhook-events.js';
import { WebhookSender } from './webhook-sender.js';

/*
 * Delivery as Razorpay does it: at least once, unordered, the same event id on every attempt. Any answer but 2xx, and
 * no answer within five seconds, is retried along a ladder of delays. The signature is made once, when the event
 * happens, so retries after a rotation of the secret still carry the old one. The events of one change are sent one
 * after another so that tests see a stable order unless they ask for a shuffle; a failed one does not hold up the next.
 */

export const DEFAULT_RETRY_DELAYS_MS: readonly number[] = [
  200, 1_000, 5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000,
];
const MAX_ATTEMPTS_KEPT = 50;

export type DeliveryState = 'scheduled' | 'retrying' | 'delivered' | 'gave-up' | 'dropped';

export interface WebhookAttempt {
  readonly at: string;
  readonly status: number | null;
  readonly error: string | null;
}

export interface WebhookDelivery {
  readonly eventId: string;
  readonly event: WebhookEventName;
  readonly subjectIds: readonly string[];
  readonly createdAt: string;
  readonly body: string;
  signature: string;
  state: DeliveryState;
  readonly attempts: WebhookAttempt[];
}

export interface WebhookQueueOptions {
  readonly url: URL;
  readonly secret: string;
  readonly accountId: string;
  readonly retryDelaysMs: readonly number[];
  /** How many deliveries are kept for inspection. */
  readonly capacity: number;
  readonly now: () => Date;
  readonly logger: FastifyBaseLogger;
}

export class WebhookQueue {
  private readonly deliveries: BoundedMap<WebhookDelivery>;
  private readonly sender: WebhookSender;
  private readonly closing = new AbortController();
  private secret: string;
  private behaviour: WebhookBehaviour = GOOD_DELIVERY;

  constructor(private readonly options: WebhookQueueOptions) {
    this.deliveries = new BoundedMap(options.capacity);
    this.sender = new WebhookSender(options.url);
    this.secret = options.secret;
  }

  get defaultBehaviour(): WebhookBehaviour {
    return this.behaviour;
  }

  /** Replaces the default behaviour; what is not named is good delivery again. */
  behave(behaviour: Partial<WebhookBehaviour>): WebhookBehaviour {
    this.behaviour = { ...GOOD_DELIVERY, ...behaviour };
    return this.behaviour;
  }

  rotateSecret(secret: string): void {
    this.secret = secret;
  }

  /** Records the events of one change and starts sending them; returns at once. */
  emit(events: readonly WebhookEvent[], overrides: Partial<WebhookBehaviour> = {}): void {
    const behaviour = { ...this.behaviour, ...overrides };
    const recorded = events.map((event) => this.record(event, behaviour));
    if (behaviour.drop) return;
    void this.deliverAll(behaviour.shuffle ? shuffled(recorded) : recorded, behaviour);
  }

  /** Sends one event again, under its old id, signed with today's secret; waits for the answer. */
  async resend(eventId: string): Promise<WebhookDelivery> {
    const delivery = this.deliveries.get(eventId);
    if (delivery === undefined) throw refused(`${eventId} is not a webhook event of this sandbox`, 404);
    delivery.signature = webhookSignature(delivery.body, this.secret);
    await this.attempt(delivery);
    return delivery;
  }

  /** Oldest first. */
  list(): WebhookDelivery[] {
    return this.deliveries.values();
  }

  /** Stops retries and closes connections; events not yet delivered are lost, as memory is. */
  close(): void {
    this.closing.abort();
    this.sender.close();
  }

  private record(event: WebhookEvent, behaviour: WebhookBehaviour): WebhookDelivery {
    const now = this.options.now();
    const body = this.bodyOf(event, now);
    const secret = behaviour.wrongSignature ? `${this.secret}-of-nobody` : this.secret;
    const delivery: WebhookDelivery = {
      eventId: randomPart(),
      event: event.name,
      subjectIds: event.subjectIds,
      createdAt: now.toISOString(),
      body,
      signature: webhookSignature(body, secret),
      state: behaviour.drop ? 'dropped' : 'scheduled',
      attempts: [],
    };
    this.deliveries.set(delivery.eventId, delivery);
    return delivery;
  }

  private bodyOf(event: WebhookEvent, now: Date): string {
    return JSON.stringify({
      entity: 'event',
      account_id: this.options.accountId,
      event: event.name,
      contains: event.contains,
      payload: event.payload,
      created_at: Math.floor(now.getTime() / 1000),
    });
  }

  private async deliverAll(deliveries: readonly WebhookDelivery[], behaviour: WebhookBehaviour): Promise<void> {
    if (!(await this.waited(behaviour.delayMs))) return;
    for (const delivery of deliveries) {
      if (this.closing.signal.aborted) return;
      const copies = Array.from({ length: behaviour.times - 1 }, () => this.attempt(delivery));
      const [accepted] = await Promise.all([this.attempt(delivery), ...copies]);
      if (!accepted) void this.retry(delivery);
    }
  }

  private async retry(delivery: WebhookDelivery): Promise<void> {
    for (const delayMs of this.options.retryDelaysMs) {
      if (!(await this.waited(delayMs))) return;
      if (await this.attempt(delivery)) return;
    }
    if (delivery.state === 'delivered') return;
    delivery.state = 'gave-up';
    this.options.logger.warn({ eventId: delivery.eventId, event: delivery.event }, 'webhook was never accepted');
  }

  /** One request. True when the receiver accepted it, or has accepted the event before. */
  private async attempt(delivery: WebhookDelivery): Promise<boolean> {
    const result = await this.sender.send(delivery);
    delivery.attempts.push({ at: this.options.now().toISOString(), ...result });
    if (delivery.attempts.length > MAX_ATTEMPTS_KEPT) delivery.attempts.shift();
    if (result.status !== null && result.status >= 200 && result.status < 300) delivery.state = 'delivered';
    else if (delivery.state !== 'delivered') delivery.state = 'retrying';
    return delivery.state === 'delivered';
  }

  /** False when the sandbox was closed meanwhile. */
  private async waited(delayMs: number): Promise<boolean> {
    if (delayMs > 0) await sleep(delayMs, undefined, { signal: this.closing.signal }).catch(() => undefined);
    return !this.closing.signal.aborted;
  }
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, position: Math.random() }))
    .sort((left, right) => left.position - right.position)
    .map(({ item }) => item);
}
