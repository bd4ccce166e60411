import type { Faults } from './faults.js';
import type { Store } from './store.js';
import type { WebhookQueue } from './webhooks.js';

export interface SandboxSettings {
  /** Capture payments whose order does not say; Razorpay's default is to authorize only. */
  autoCapture: boolean;
  /** Whether a refund is processed at once or stays pending until it is settled by hand. */
  refundsSettle: 'at-once' | 'manually';
}

/** What every route works with. */
export interface SandboxContext {
  readonly keyId: string;
  readonly keySecret: string;
  /** The address that browsers reach the sandbox at, where it differs from the one a script was loaded from. */
  readonly publicUrl: string | null;
  readonly settings: SandboxSettings;
  readonly store: Store;
  readonly webhooks: WebhookQueue;
  readonly faults: Faults;
  readonly nowSeconds: () => number;
}
