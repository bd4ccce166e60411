import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Returns, Roles, toPage, uuid, type Identity } from '@reseller/http';
import { CreateTenant } from './create-tenant.js';
import { TenantQueries } from './tenant.queries.js';
import {
  createTenantBody,
  listTenantsQuery,
  tenantPage,
  tenantView,
  toTenantView,
  type CreateTenantBody,
  type ListTenantsQuery,
} from './tenants.schemas.js';

/** Whom businesses belong to: for administrators of the whole platform. */
@ApiTags('Tenants')
@Roles('ADMIN')
@Controller('tenants')
export class TenantsController {
  constructor(
    private readonly tenants: TenantQueries,
    private readonly createTenant: CreateTenant,
  ) {}

  @Get()
  @Returns(tenantPage)
  async list(@Query({ schema: listTenantsQuery }) query: ListTenantsQuery, @Caller() caller: Identity) {
    const page = await this.tenants.list(query.q, toPage(query), caller);
    return { ...page, data: page.data.map(toTenantView) };
  }

  @Post()
  @Returns(tenantView, { status: 201, description: 'The new tenant' })
  async create(@Body({ schema: createTenantBody }) body: CreateTenantBody, @Caller() caller: Identity) {
    return toTenantView(await this.createTenant.execute(body, caller));
  }

  @Get(':id')
  @Returns(tenantView)
  async one(@Param('id', { schema: uuid() }) id: string, @Caller() caller: Identity) {
    return toTenantView(await this.tenants.one(id, caller));
  }
}
