/** How badly webhooks are delivered. The default is a good network; tests and demonstrations make it worse. */
export interface WebhookBehaviour {
  /** Wait before the first attempt. */
  readonly delayMs: number;
  /** Copies of each event, sent at the same time under one event id. */
  readonly times: number;
  /** Send the events of one change in a random order. */
  readonly shuffle: boolean;
  /** Sign with a secret that nobody has. */
  readonly wrongSignature: boolean;
  /** Never send; the delivery is kept and can be resent by hand. */
  readonly drop: boolean;
}

export const GOOD_DELIVERY: WebhookBehaviour = {
  delayMs: 0,
  times: 1,
  shuffle: false,
  wrongSignature: false,
  drop: false,
};

/** The JSON Schema of a partial behaviour, for the bodies of the control API. */
export const WEBHOOK_BEHAVIOUR_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    delayMs: { type: 'integer', minimum: 0, maximum: 600_000 },
    times: { type: 'integer', minimum: 1, maximum: 10 },
    shuffle: { type: 'boolean' },
    wrongSignature: { type: 'boolean' },
    drop: { type: 'boolean' },
  },
} as const;
