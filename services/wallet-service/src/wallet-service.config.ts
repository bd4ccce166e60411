import { z } from 'zod';
import { serviceEnv } from '@reseller/http';
import { messagingEnv } from '@reseller/messaging';
import { env } from '@reseller/runtime';

export const walletServiceConfig = z.object({
  ...serviceEnv('wallet'),
  ...messagingEnv,
  /** Days that commission stays pending after delivery, so that returns can come in; 0: available at once. */
  COMMISSION_HOLD_DAYS: env.int(0, { max: 365 }),
  /** How often commission whose hold has ended is looked for. */
  COMMISSION_UNLOCK_INTERVAL: env.durationMs('1m'),
  /** The least that can be asked for as a payout. */
  PAYOUT_MIN_RUPEES: env.int(1, { min: 1, max: 1_000_000 }),
});

export type WalletServiceConfig = z.infer<typeof walletServiceConfig>;
export const CONFIG = Symbol('CONFIG');
