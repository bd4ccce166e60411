import { Body, Controller, Get, Headers, Param, Patch, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, EtagOfVersion, Returns, Roles, expectedVersionOf, toPage, uuid, type Identity } from '@reseller/http';
import { BusinessQueries } from './business.queries.js';
import {
  businessPage,
  businessView,
  createBusinessBody,
  listBusinessesQuery,
  toBusinessView,
  updateBusinessBody,
  type CreateBusinessBody,
  type ListBusinessesQuery,
  type UpdateBusinessBody,
} from './businesses.schemas.js';
import { CreateBusiness } from './create-business.js';
import { UpdateBusiness } from './update-business.js';

@ApiTags('Businesses')
@UseInterceptors(EtagOfVersion)
@Roles('ADMIN')
@Controller('businesses')
export class BusinessesController {
  constructor(
    private readonly businesses: BusinessQueries,
    private readonly createBusiness: CreateBusiness,
    private readonly updateBusiness: UpdateBusiness,
  ) {}

  @Get()
  @Returns(businessPage)
  async list(@Query({ schema: listBusinessesQuery }) query: ListBusinessesQuery, @Caller() caller: Identity) {
    const page = await this.businesses.list(query, toPage(query), caller);
    return { ...page, data: page.data.map(toBusinessView) };
  }

  @Post()
  @Returns(businessView, { status: 201, description: 'The new business' })
  async create(@Body({ schema: createBusinessBody }) body: CreateBusinessBody, @Caller() caller: Identity) {
    return toBusinessView(await this.createBusiness.execute(body, caller));
  }

  @Get(':id')
  @Returns(businessView)
  async one(@Param('id', { schema: uuid() }) id: string, @Caller() caller: Identity) {
    return toBusinessView(await this.businesses.visible(id, caller));
  }

  @Patch(':id')
  @Returns(businessView)
  async update(
    @Param('id', { schema: uuid() }) id: string,
    @Body({ schema: updateBusinessBody }) { version, ...changes }: UpdateBusinessBody,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: Identity,
  ) {
    const command = { ...changes, id, expectedVersion: expectedVersionOf(ifMatch, version) };
    return toBusinessView(await this.updateBusiness.execute(command, caller));
  }
}
