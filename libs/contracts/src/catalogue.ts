import * as auth from './auth-events.js';
import type { EventDefinition } from './envelope.js';
import * as order from './order-events.js';
import * as payment from './payment-events.js';
import * as product from './product-events.js';
import * as shareLink from './share-link-events.js';
import type { ServiceName } from './services.js';
import * as wallet from './wallet-events.js';

/** Every event of the platform. The topology of the broker, the documents and the golden files are made from it. */
export const CATALOGUE: readonly EventDefinition[] = [
  auth.UserRegistered,
  auth.UserUpdated,
  auth.EmailVerified,
  auth.EmailVerificationRequested,
  auth.PasswordResetRequested,
  auth.BusinessCreated,
  auth.BusinessUpdated,
  auth.CustomerOrdered,
  auth.CustomerDeleted,
  auth.AdminActionRecorded,
  product.ProductCreated,
  product.ProductUpdated,
  product.ProductDeleted,
  product.StockLow,
  product.StockReservationExpired,
  product.StockConversionFailed,
  order.OrderCreated,
  order.OrderPaymentExtended,
  order.OrderJoinedAccount,
  order.OrderPaid,
  order.OrderConfirmed,
  order.OrderShipped,
  order.OrderDelivered,
  order.OrderCancelled,
  order.OrderReturned,
  order.OrderAnonymised,
  payment.PaymentSuccess,
  payment.PaymentFailed,
  payment.PaymentRefunded,
  payment.PaymentRefundFailed,
  wallet.CommissionLocked,
  wallet.CommissionUnlocked,
  wallet.CommissionReleased,
  wallet.PayoutRequested,
  wallet.PayoutApproved,
  wallet.PayoutRejected,
  wallet.PayoutCompleted,
  wallet.PayoutFailed,
  wallet.PayoutReversed,
  shareLink.ShareLinkCreated,
  shareLink.ShareLinkUpdated,
];

const byType = new Map(CATALOGUE.map((definition) => [definition.type, definition]));

/** The definition of an event type, or undefined for a type that this build does not know. */
export function definitionOf(type: string): EventDefinition | undefined {
  return byType.get(type);
}

/** The event types that a service's queue is bound to. */
export function typesHeardBy(service: ServiceName): readonly string[] {
  return CATALOGUE.filter((definition) => definition.heardBy.includes(service)).map(({ type }) => type);
}
