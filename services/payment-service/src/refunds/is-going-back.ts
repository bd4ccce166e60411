import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';

const IS_GOING_BACK = `select p.captured_paise > 0 and p.refund_committed_paise >= p.captured_paise as "isGoingBack"
  from subject_accounts a join payments p on p.id = a.settling_payment_id where a.subject_id = $1`;

/** Whether all that settled an order has gone back or is to, also what was asked for a moment ago; of an order that cost nothing, nothing has. */
@Injectable()
export class IsGoingBack {
  constructor(private readonly database: Database) {}

  async execute(orderId: string): Promise<boolean> {
    const [settling] = await this.database.query<{ isGoingBack: boolean }>(IS_GOING_BACK, [orderId]);
    return settling?.isGoingBack ?? false;
  }
}
