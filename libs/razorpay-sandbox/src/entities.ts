/** Razorpay's entities as its API and its webhooks print them: integer paise, unix seconds, `[]` for empty notes. */

export type Notes = Readonly<Record<string, string | number>> | readonly never[];

export const PAYMENT_METHODS = ['card', 'upi', 'netbanking', 'wallet'] as const;
export type PaymentMethod = (typeof PAYMENT_METHODS)[number];

export type OrderStatus = 'created' | 'attempted' | 'paid';
export type PaymentStatus = 'created' | 'authorized' | 'captured' | 'refunded' | 'failed';
export type RefundStatus = 'pending' | 'processed' | 'failed';
export type RefundSpeed = 'normal' | 'optimum';

export interface OrderEntity {
  readonly id: string;
  readonly entity: 'order';
  readonly amount: number;
  amount_paid: number;
  amount_due: number;
  readonly currency: string;
  readonly receipt: string | null;
  readonly offer_id: null;
  status: OrderStatus;
  attempts: number;
  notes: Notes;
  readonly created_at: number;
}

/** What depends on how the customer pays: exactly one of card, bank, wallet and vpa is filled. */
export interface MethodFields {
  readonly card_id: string | null;
  readonly card?: Readonly<Record<string, string | boolean | null>>;
  readonly bank: string | null;
  readonly wallet: string | null;
  readonly vpa: string | null;
  readonly upi?: Readonly<Record<string, string>>;
  readonly acquirer_data: Readonly<Record<string, string | null>>;
}

export interface PaymentFailure {
  readonly error_code: string | null;
  readonly error_description: string | null;
  readonly error_source: string | null;
  readonly error_step: string | null;
  readonly error_reason: string | null;
}

interface PaymentCore {
  readonly id: string;
  readonly entity: 'payment';
  readonly amount: number;
  readonly currency: string;
  readonly base_amount: number;
  status: PaymentStatus;
  readonly order_id: string;
  readonly invoice_id: null;
  readonly international: boolean;
  readonly method: PaymentMethod;
  amount_refunded: number;
  readonly amount_transferred: number;
  refund_status: 'partial' | 'full' | null;
  captured: boolean;
  readonly description: string | null;
  readonly email: string;
  readonly contact: string;
  readonly notes: Notes;
  /** In paise, tax included; null until captured. */
  fee: number | null;
  tax: number | null;
  readonly created_at: number;
}

/** A failure is cleared by a late authorization, so these fields change while the others of the method do not. */
export type PaymentEntity = PaymentCore &
  MethodFields & { -readonly [Field in keyof PaymentFailure]: PaymentFailure[Field] };

export interface RefundEntity {
  readonly id: string;
  readonly entity: 'refund';
  readonly amount: number;
  readonly currency: string;
  readonly payment_id: string;
  readonly notes: Notes;
  readonly receipt: string | null;
  readonly acquirer_data: { arn: string | null };
  readonly created_at: number;
  readonly batch_id: null;
  status: RefundStatus;
  readonly speed_processed: 'normal';
  readonly speed_requested: RefundSpeed;
}

export interface Collection<Entity> {
  readonly entity: 'collection';
  readonly count: number;
  readonly items: readonly Entity[];
}
