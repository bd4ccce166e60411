import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  Caller,
  IdempotencyKeys,
  IdempotentCall,
  LiveAdmin,
  pageOf,
  Public,
  Returns,
  shortText,
  uuid,
  versionFromIfMatch,
} from '@reseller/http';
import type { IdempotentRequest, Identity } from '@reseller/http';
import { actorOf } from './catalogue-actor.js';
import { CreateProduct } from './create-product.js';
import { DeleteProduct } from './delete-product.js';
import { ProductPages } from './product-pages.js';
import {
  createProductBody,
  listProductsQuery,
  productView,
  slugQuery,
  toNewProduct,
  toProductPatch,
  toProductView,
  updateProductBody,
  type CreateProductBody,
  type ListProductsQuery,
  type ProductView,
  type UpdateProductBody,
} from './products.schemas.js';
import { UpdateProduct } from './update-product.js';

@Controller('products')
export class ProductsController {
  constructor(
    private readonly pages: ProductPages,
    private readonly createProduct: CreateProduct,
    private readonly updateProduct: UpdateProduct,
    private readonly deleteProduct: DeleteProduct,
    private readonly idempotency: IdempotencyKeys,
  ) {}

  // The three reads send prebuilt bytes through the reply itself: serialising them again is most of what they would cost.

  @Get()
  @Public()
  @Returns(pageOf(productView), { description: 'Active products; an ADMIN sees inactive ones too' })
  async list(
    @Query({ schema: listProductsQuery }) query: ListProductsQuery,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.pages.send(request, reply, await this.pages.list(query, caller), caller);
  }

  @Get('slug/:slug')
  @Public()
  @Returns(productView)
  async bySlug(
    @Param('slug', { schema: shortText(200).describe('Slug of the product, such as cotton-kurta') }) slug: string,
    @Query({ schema: slugQuery }) query: { businessId?: string | undefined },
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.pages.send(request, reply, await this.pages.bySlug(slug, query.businessId ?? null, caller), caller);
  }

  @Get(':id')
  @Public()
  @Returns(productView)
  async byId(
    @Param('id', { schema: uuid() }) id: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.pages.send(request, reply, await this.pages.byId(id, caller), caller);
  }

  @Post()
  @LiveAdmin()
  @Returns(productView, { status: 201, description: 'The new product' })
  create(
    @Body({ schema: createProductBody }) body: CreateProductBody,
    @Caller() caller: Identity,
    @IdempotentCall() request: IdempotentRequest,
  ): Promise<ProductView> {
    const actor = actorOf(caller);
    return this.idempotency.run(request, actor.userId, async (step) => {
      const product = await this.createProduct.execute({
        ...toNewProduct(body),
        id: step.subjectId,
        actor,
        remember: (tx, made) => step.remember(tx, 201, toProductView(made, true)),
      });
      return toProductView(product, true);
    });
  }

  @Patch(':id')
  @LiveAdmin()
  @Returns(productView)
  async update(
    @Param('id', { schema: uuid() }) id: string,
    @Body({ schema: updateProductBody }) body: UpdateProductBody,
    @Caller() caller: Identity,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<ProductView> {
    const expectedVersion = versionFromIfMatch(ifMatch);
    const product = await this.updateProduct.execute({
      id,
      actor: actorOf(caller),
      expectedVersion,
      patch: toProductPatch(body),
    });
    return toProductView(product, true);
  }

  @Delete(':id')
  @HttpCode(204)
  @LiveAdmin()
  async remove(
    @Param('id', { schema: uuid() }) id: string,
    @Caller() caller: Identity,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    await this.deleteProduct.execute({ id, actor: actorOf(caller), expectedVersion: versionFromIfMatch(ifMatch) });
  }
}
