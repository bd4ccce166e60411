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
  Query,
  UseInterceptors,
} from '@nestjs/common';
import { ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import {
  Caller,
  EtagOfVersion,
  expectedVersionOf,
  requireUser,
  Returns,
  toPage,
  uuid,
  versionFromIfMatch,
  type Identity,
} from '@reseller/http';
import { AddAddress } from './add-address.js';
import { AddressQueries } from './address.queries.js';
import {
  addressPage,
  addressView,
  createAddressBody,
  listAddressesQuery,
  toAddressView,
  updateAddressBody,
  type CreateAddressBody,
  type ListAddressesQuery,
  type UpdateAddressBody,
} from './addresses.schemas.js';
import { ChangeAddress } from './change-address.js';
import { RemoveAddress } from './remove-address.js';

@ApiTags('Addresses')
@UseInterceptors(EtagOfVersion)
@Controller('addresses')
export class AddressesController {
  constructor(
    private readonly addresses: AddressQueries,
    private readonly addAddress: AddAddress,
    private readonly changeAddress: ChangeAddress,
    private readonly removeAddress: RemoveAddress,
  ) {}

  @Get()
  @Returns(addressPage)
  async list(@Query({ schema: listAddressesQuery }) query: ListAddressesQuery, @Caller() caller: Identity) {
    const page = await this.addresses.list(requireUser(caller), toPage(query));
    return { ...page, data: page.data.map(toAddressView) };
  }

  @Post()
  @Returns(addressView, { status: 201, description: 'The new address' })
  async add(@Body({ schema: createAddressBody }) body: CreateAddressBody, @Caller() caller: Identity) {
    return toAddressView(await this.addAddress.execute(requireUser(caller), body));
  }

  @Get(':id')
  @Returns(addressView)
  async one(@Param('id', { schema: uuid() }) id: string, @Caller() caller: Identity) {
    return toAddressView(await this.addresses.one(requireUser(caller), id));
  }

  @Patch(':id')
  @Returns(addressView)
  async change(
    @Param('id', { schema: uuid() }) id: string,
    @Body({ schema: updateAddressBody }) { version, ...changes }: UpdateAddressBody,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: Identity,
  ) {
    const of = { userId: requireUser(caller), id };
    return toAddressView(await this.changeAddress.execute(of, changes, expectedVersionOf(ifMatch, version)));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'The address is gone' })
  async remove(
    @Param('id', { schema: uuid() }) id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: Identity,
  ): Promise<void> {
    await this.removeAddress.execute({ userId: requireUser(caller), id }, versionFromIfMatch(ifMatch));
  }
}
