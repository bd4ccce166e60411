import { randomInt } from 'node:crypto';
import type { MethodFields, PaymentMethod } from './entities.js';
import { newId } from './ids.js';

/** The fields that a payment has because of its method, filled like Razorpay's own samples. */
export function methodFields(method: PaymentMethod): MethodFields {
  const none = { card_id: null, bank: null, wallet: null, vpa: null };
  switch (method) {
    case 'card':
      return { ...none, ...cardFields(newId('card_')), acquirer_data: { auth_code: digits(6), rrn: digits(12) } };
    case 'upi':
      return {
        ...none,
        vpa: 'gaurav.kumar@upi',
        upi: { payer_account_type: 'bank_account', vpa: 'gaurav.kumar@upi', flow: 'intent' },
        acquirer_data: { rrn: digits(12) },
      };
    case 'netbanking':
      return { ...none, bank: 'HDFC', acquirer_data: { bank_transaction_id: digits(7) } };
    case 'wallet':
      return { ...none, wallet: 'payzapp', acquirer_data: { transaction_id: null } };
  }
}

function cardFields(cardId: string): Pick<MethodFields, 'card_id' | 'card'> {
  return {
    card_id: cardId,
    card: {
      id: cardId,
      entity: 'card',
      name: 'Gaurav Kumar',
      last4: '0153',
      iin: '999999',
      network: 'Visa',
      type: 'debit',
      sub_type: 'consumer',
      issuer: null,
      international: false,
      emi: false,
    },
  };
}

function digits(length: number): string {
  return Array.from({ length }, () => String(randomInt(10))).join('');
}
