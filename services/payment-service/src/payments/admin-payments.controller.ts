import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Returns, Roles, type Identity } from '@reseller/http';
import { ListPayments } from './list-payments.js';
import { listPaymentsQuery, paymentPage, toPaymentView, type ListPaymentsQuery } from './payments.schemas.js';

@ApiTags('payments')
@Roles('ADMIN')
@Controller('admin/payments')
export class AdminPaymentsController {
  constructor(private readonly listPayments: ListPayments) {}

  @Get()
  @Returns(paymentPage, { description: 'All payments of the administrator’s business' })
  async list(@Query({ schema: listPaymentsQuery }) query: ListPaymentsQuery, @Caller() caller: Identity) {
    const page = await this.listPayments.execute(query, caller);
    return { ...page, data: page.data.map((payment) => toPaymentView(payment, caller)) };
  }
}
