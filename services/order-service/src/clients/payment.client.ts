import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ServiceClient } from '@reseller/http';
import { z } from 'zod';
import { CONFIG, type OrderServiceConfig } from '../order-service.config.js';
import { clientOf } from './service-clients.js';

/** Payment may have to ask Razorpay before it answers. */
const TIMEOUT_MS = 10_000;

const unpaidSchema = z.object({ unpaid: z.boolean() });
const refundsSchema = z.object({ isGoingBack: z.boolean() });
const recordedSchema = z.object({ paymentId: z.uuid() });

/** The payment service: the only one that knows whether money came in. */
@Injectable()
export class PaymentClient implements OnApplicationShutdown {
  private readonly client: ServiceClient;

  constructor(@Inject(CONFIG) config: OrderServiceConfig) {
    this.client = clientOf('payment', config, TIMEOUT_MS);
  }

  /** True: nothing was captured, and from now on what comes in for the order is refunded. */
  async confirmUnpaid(orderId: string, reason: string): Promise<boolean> {
    const answer = await this.client.post(`/internal/orders/${orderId}/confirm-unpaid`, { reason }, unpaidSchema, {
      idempotent: true,
    });
    return answer.unpaid;
  }

  /** Records money that an administrator says came in another way. @returns the payment's id. */
  async recordOfflinePayment(orderId: string, by: { actorId: string; notes: string | null }): Promise<string> {
    return (await this.client.post(`/internal/orders/${orderId}/offline-payments`, by, recordedSchema)).paymentId;
  }

  /** Has payment fetch a Razorpay payment and settle the order with it, if it is captured, of this order and amount. */
  async attachPayment(orderId: string, by: { razorpayPaymentId: string; actorId: string }): Promise<string> {
    return (await this.client.post(`/internal/orders/${orderId}/attach-payment`, by, recordedSchema)).paymentId;
  }

  /** Whether all that was paid for the order has gone back, or is about to. */
  async isGoingBack(orderId: string): Promise<boolean> {
    return (await this.client.get(`/internal/orders/${orderId}/refunds`, refundsSchema)).isGoingBack;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }
}
