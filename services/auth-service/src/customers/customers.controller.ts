import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Res,
  UseInterceptors,
} from '@nestjs/common';
import { ApiConsumes, ApiNoContentResponse, ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  Caller,
  EtagOfVersion,
  Returns,
  Roles,
  TakesCsv,
  toPage,
  uuid,
  expectedVersionOf,
  versionFromIfMatch,
  type Identity,
} from '@reseller/http';
import type { FastifyReply } from 'fastify';
import { ChangeEngagement } from './change-engagement.js';
import { CreateCustomer } from './create-customer.js';
import { CustomerQueries } from './customer.queries.js';
import {
  changeEngagementBody,
  createCustomerBody,
  customerPage,
  customerView,
  engagementPage,
  engagementQuery,
  findOrCreateCustomerBody,
  listCustomersQuery,
  segmentsQuery,
  segmentsView,
  toCustomerView,
  toEngagementView,
  topCustomersQuery,
  updateCustomerBody,
  type ChangeEngagementBody,
  type CreateCustomerBody,
  type CustomerView,
  type EngagementQuery,
  type FindOrCreateCustomerBody,
  type ListCustomersQuery,
  type SegmentsQuery,
  type TopCustomersQuery,
  type UpdateCustomerBody,
} from './customers.schemas.js';
import { ReadCustomersFile } from './customers-file.js';
import { DeleteCustomer } from './delete-customer.js';
import { ImportCustomers } from './import-customers.js';
import { IMPORT_BODY_BYTES } from './import-limits.js';
import {
  importCustomersBody,
  importCustomersQuery,
  importResultView,
  type ImportCustomersBody,
  type ImportCustomersQuery,
} from './import-customers.schemas.js';
import { UpdateCustomer } from './update-customer.js';

@ApiTags('Customers')
@UseInterceptors(EtagOfVersion)
@Roles('ADMIN')
@Controller('customers')
export class CustomersController {
  constructor(
    private readonly customers: CustomerQueries,
    private readonly createCustomer: CreateCustomer,
    private readonly importCustomers: ImportCustomers,
    private readonly updateCustomer: UpdateCustomer,
    private readonly changeEngagement: ChangeEngagement,
    private readonly deleteCustomer: DeleteCustomer,
  ) {}

  @Get()
  @Returns(customerPage)
  async list(@Query({ schema: listCustomersQuery }) query: ListCustomersQuery, @Caller() caller: Identity) {
    const page = await this.customers.list(query, caller);
    return { ...page, data: page.data.map(toCustomerView) };
  }

  @Post()
  @Returns(customerView, { status: 201, description: 'The new customer' })
  async create(@Body({ schema: createCustomerBody }) body: CreateCustomerBody, @Caller() caller: Identity) {
    const { id } = await this.createCustomer.execute(body, caller);
    return this.viewOf(id, caller);
  }

  @Post('find-or-create')
  @Returns(customerView, { status: 201, description: 'The new customer' })
  @ApiResponse({ status: 200, description: 'The customer who has this phone, as it was', standardSchema: customerView })
  async findOrCreate(
    @Body({ schema: findOrCreateCustomerBody }) body: FindOrCreateCustomerBody,
    @Caller() caller: Identity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { customer, isNew } = await this.createCustomer.findOrCreate(body, caller);
    reply.status(isNew ? 201 : 200);
    return this.viewOf(customer.id, caller);
  }

  @Post('bulk')
  @HttpCode(200)
  @TakesCsv({ bodyLimitBytes: IMPORT_BODY_BYTES })
  @UseInterceptors(ReadCustomersFile)
  @ApiConsumes('application/json', 'text/csv')
  @Returns(importResultView, { description: 'What became of every row' })
  import(
    @Body({ schema: importCustomersBody }) { rows, ...named }: ImportCustomersBody,
    @Query({ schema: importCustomersQuery }) query: ImportCustomersQuery,
    @Caller() caller: Identity,
  ) {
    return this.importCustomers.execute(rows, { ...query, ...named }, caller);
  }

  @Get('top')
  @Returns(customerPage)
  async top(@Query({ schema: topCustomersQuery }) query: TopCustomersQuery, @Caller() caller: Identity) {
    const page = await this.customers.top(query, caller);
    return { ...page, data: page.data.map(toCustomerView) };
  }

  @Get('segments')
  @Returns(segmentsView)
  segments(@Query({ schema: segmentsQuery }) { businessId }: SegmentsQuery, @Caller() caller: Identity) {
    return this.customers.segments(businessId, caller);
  }

  @Get(':id')
  @Returns(customerView)
  one(@Param('id', { schema: uuid() }) id: string, @Caller() caller: Identity) {
    return this.viewOf(id, caller);
  }

  @Put(':id')
  @Returns(customerView)
  async update(
    @Param('id', { schema: uuid() }) id: string,
    @Body({ schema: updateCustomerBody }) { version, reason, ...changes }: UpdateCustomerBody,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: Identity,
  ) {
    const expectedVersion = expectedVersionOf(ifMatch, version);
    await this.updateCustomer.execute({ id, changes, expectedVersion, reason: reason ?? null }, caller);
    return this.viewOf(id, caller);
  }

  @Patch(':id/engagement')
  @Returns(customerView)
  async moveEngagement(
    @Param('id', { schema: uuid() }) id: string,
    @Body({ schema: changeEngagementBody }) body: ChangeEngagementBody,
    @Caller() caller: Identity,
  ) {
    await this.changeEngagement.execute(id, body, caller);
    return this.viewOf(id, caller);
  }

  @Get(':id/engagement')
  @Returns(engagementPage)
  async engagement(
    @Param('id', { schema: uuid() }) id: string,
    @Query({ schema: engagementQuery }) query: EngagementQuery,
    @Caller() caller: Identity,
  ) {
    const page = await this.customers.engagement(id, toPage(query), caller);
    return { ...page, data: page.data.map(toEngagementView) };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'The customer is forgotten; the phone is free' })
  async remove(
    @Param('id', { schema: uuid() }) id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: Identity,
  ): Promise<void> {
    await this.deleteCustomer.execute(id, versionFromIfMatch(ifMatch), caller);
  }

  private async viewOf(id: string, caller: Identity): Promise<CustomerView> {
    return toCustomerView(await this.customers.visible(id, caller));
  }
}
