import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { invalid, LOGGER, newId, type Logger } from '@reseller/runtime';
import { CONFIG, type PaymentServiceConfig } from '../payment-service.config.js';
import { isWebhookSignature } from '../razorpay/signatures.js';
import { ProcessWebhook } from './process-webhook.js';
import { storeWebhook } from './webhook.repository.js';
import { isSaidByCapture, readWebhook } from './webhook.js';
import { withoutPayer } from './without-payer.js';

/*
 * Webhooks come at least once, in any order, some under an old secret, some from strangers.
 * 1. The signature is checked over the raw bytes, against the current and the previous secret, in constant time. A forged
 *    request writes nothing, so it cannot make a true one look like a duplicate.
 * 2. The event is claimed by inserting it under its id. A database that is down is a 503, so that it comes again.
 * 3. It is worked. Razorpay waits 5 s: what takes longer goes on after the answer, and what fails or dies is taken up by
 *    the sweeping job. So the answer is 200 for everything that is genuine, also for what we do not know.
 */

export interface IncomingWebhook {
  readonly rawBody: Buffer | undefined;
  readonly signature: string | undefined;
  /** `x-razorpay-event-id` */
  readonly eventId: string | undefined;
}

const ANSWER_WITHIN_MS = 3_000;
const EVENT_ID = /^[\w.:-]{1,100}$/;

@Injectable()
export class ReceiveWebhook {
  private readonly secrets: readonly string[];

  constructor(
    private readonly database: Database,
    private readonly processWebhook: ProcessWebhook,
    @Inject(CONFIG) config: PaymentServiceConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const { RAZORPAY_WEBHOOK_SECRET: current, RAZORPAY_WEBHOOK_SECRET_PREVIOUS: previous } = config;
    this.secrets = previous === undefined ? [current] : [current, previous];
  }

  /** @throws 400 INVALID_SIGNATURE, or for what is no JSON; nothing else but what a database throws that is down. */
  async execute({ rawBody, signature, eventId }: IncomingWebhook): Promise<void> {
    const bytes = rawBody ?? Buffer.alloc(0);
    if (!isWebhookSignature(bytes, signature ?? '', this.secrets)) {
      this.logger.warn({ security: 'invalid-webhook-signature', bytes: bytes.length }, 'forged webhook');
      throw invalid('INVALID_SIGNATURE', 'The webhook signature is not valid.');
    }
    const body = bytes.toString('utf8');
    const json = parsed(body);
    const message = readWebhook(json);
    const bodyWithoutPayer = JSON.stringify(withoutPayer(json));
    const id = newId();
    const isToDo = await storeWebhook(this.database, {
      id,
      eventKey: keyOf(eventId, bytes),
      message,
      // Whose order it is about cannot be told of one that we do not understand.
      body: message.kind === 'other' ? bodyWithoutPayer : body,
      bodyWithoutPayer,
      isSaidByCapture: isSaidByCapture(message),
    });
    if (!isToDo) return;
    const working = this.processWebhook.execute({ id, body, tries: 0 }).catch((error: unknown) => {
      this.logger.warn({ err: error, webhookId: id }, 'a webhook is left to the sweeping job');
    });
    await Promise.race([working, sleep(ANSWER_WITHIN_MS, undefined, { ref: false })]);
  }
}

/** Razorpay sends JSON: what is signed and none has no event to be stored, and would be none the next time either. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw invalid('BAD_REQUEST', 'The body of a webhook is JSON.');
  }
}

function keyOf(eventId: string | undefined, body: Buffer): string {
  if (eventId !== undefined && EVENT_ID.test(eventId)) return eventId;
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}
