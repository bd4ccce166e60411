import { expect, it } from '@jest/globals';
import { withoutPayer } from './without-payer.js';

it('takes the person out of a webhook, and leaves what it is worked by', () => {
  const card = { last4: '1111', network: 'Visa' };
  const refundNotes = { refundId: '1', round: '2' };
  const body = {
    event: 'refund.processed',
    payload: {
      payment: {
        entity: {
          id: 'pay_1',
          amount: 100,
          email: 'a@example.com',
          contact: '+91',
          vpa: 'a@upi',
          upi: { vpa: 'a@upi', payer_account_type: 'bank_account' },
          card: { ...card, name: 'Asha' },
          notes: { gift: 'for Ravi', orderId: 'o' },
        },
      },
      refund: { entity: { id: 'rfnd_1', notes: { ...refundNotes, reason: 'Asha asked' } } },
    },
  };
  expect(withoutPayer(body)).toEqual({
    event: 'refund.processed',
    payload: {
      payment: {
        entity: {
          id: 'pay_1',
          amount: 100,
          email: null,
          contact: null,
          vpa: null,
          upi: { vpa: null, payer_account_type: 'bank_account' },
          card: { ...card, name: null },
          notes: { orderId: 'o' },
        },
      },
      refund: { entity: { id: 'rfnd_1', notes: refundNotes } },
    },
  });
  expect(withoutPayer({ notes: [] })).toEqual({ notes: [] });
});
