export { createSandbox, type Sandbox, type SandboxOptions } from './sandbox.js';
export { type PayOutcome, type PayRequest, type PayResult } from './pay-order.js';
export { FAULT_KINDS, type FaultKind, type FaultRequest, type Moment } from './faults.js';
export { type WebhookBehaviour } from './webhook-behaviour.js';
export { WEBHOOK_EVENT_NAMES, type WebhookEventName } from './webhook-events.js';
export { checkoutSignature, webhookSignature } from './signatures.js';
