import { createHmac, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type OrderServiceConfig } from '../order-service.config.js';

/**
 * A guest's key to one order: an HMAC of its id, given in the answer to placing it and stored nowhere. Whoever shows it
 * in `X-Order-Token` may read, pay, cancel and follow that order.
 */
@Injectable()
export class OrderTokens {
  private readonly secret: string;

  constructor(@Inject(CONFIG) config: Pick<OrderServiceConfig, 'ORDER_TOKEN_SECRET' | 'INTERNAL_SERVICE_SECRET'>) {
    this.secret = config.ORDER_TOKEN_SECRET ?? hmac(config.INTERNAL_SERVICE_SECRET, 'order-token');
  }

  tokenFor(orderId: string): string {
    return hmac(this.secret, orderId);
  }

  /** Compares in constant time. */
  isFor(orderId: string, token: string | null): boolean {
    if (token === null) return false;
    const expected = Buffer.from(this.tokenFor(orderId));
    const given = Buffer.from(token);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}

const hmac = (secret: string, text: string): string => createHmac('sha256', secret).update(text).digest('base64url');
