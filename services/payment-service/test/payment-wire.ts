import type { PaymentView } from '../src/payments/payments.schemas.js';

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly details?: Record<string, unknown>;
}

export interface RazorpayOrder {
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  readonly receipt: string;
  readonly status: string;
  readonly key: string;
}

export interface CreatedOrder {
  readonly payment: PaymentView;
  readonly razorpayOrder: RazorpayOrder;
}

export interface SandboxDelivery {
  readonly eventId: string;
  readonly event: string;
  readonly body: string;
  readonly signature: string;
}
