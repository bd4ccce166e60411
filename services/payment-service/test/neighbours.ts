import { problem, StandIn, type StandInAnswer } from '@reseller/testing';
import type { TestOrder } from './orders.js';

/** The order service as far as payment asks it. */
export type Neighbours = StandIn & { readonly orders: Map<string, TestOrder> };

export async function startNeighbours(): Promise<Neighbours> {
  const orders = new Map<string, TestOrder>();
  const standIn = await StandIn.start(({ path }) => answerTo(new URL(path, 'http://order'), [...orders.values()]));
  return Object.assign(standIn, { orders });
}

function answerTo({ pathname, searchParams }: URL, orders: readonly TestOrder[]): StandInAnswer {
  const [, , , key = ''] = pathname.split('/');
  const order = orders.find(({ orderId, orderNumber }) => orderId === key || orderNumber === key);
  if (order === undefined) return problem(404, 'ORDER_NOT_FOUND');
  const { orderToken, ...payable } = order;
  const given = searchParams.get('orderToken');
  const judged = given === null ? {} : { orderTokenOk: given === orderToken };
  return { status: 200, body: { ...payable, paymentExpiresAt: null, ...judged } };
}
