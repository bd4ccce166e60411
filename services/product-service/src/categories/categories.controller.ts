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
import {
  Caller,
  EtagOfVersion,
  LiveAdmin,
  pageOf,
  Public,
  Returns,
  toPage,
  uuid,
  versionFromIfMatch,
} from '@reseller/http';
import type { Identity, Page } from '@reseller/http';
import { notFound } from '@reseller/runtime';
import { actorOf } from '../products/catalogue-actor.js';
import { CategoryQueries } from './category.queries.js';
import {
  categoryView,
  createCategoryBody,
  listCategoriesQuery,
  listedCategoryView,
  toCategoryTreeView,
  toCategoryView,
  updateCategoryBody,
  type CategoryView,
  type CreateCategoryBody,
  type ListCategoriesQuery,
  type ListedCategoryView,
  type UpdateCategoryBody,
} from './categories.schemas.js';
import { treeOf } from './category-tree.js';
import { CreateCategory } from './create-category.js';
import { DeleteCategory } from './delete-category.js';
import { UpdateCategory } from './update-category.js';

/** A shop's menu fits one page. */
const TAKE_DEFAULT = 100;

@Controller('categories')
@UseInterceptors(EtagOfVersion)
export class CategoriesController {
  constructor(
    private readonly categories: CategoryQueries,
    private readonly createCategory: CreateCategory,
    private readonly updateCategory: UpdateCategory,
    private readonly deleteCategory: DeleteCategory,
  ) {}

  @Get()
  @Public()
  @Returns(pageOf(listedCategoryView), { description: 'Flat, or nested with tree=true' })
  async list(
    @Query({ schema: listCategoriesQuery }) query: ListCategoriesQuery,
    @Caller() caller: Identity,
  ): Promise<Page<ListedCategoryView>> {
    // An administrator of one business manages its categories and no others.
    const businessId = (caller.isAdmin ? caller.businessId : null) ?? query.businessId ?? null;
    if (query.tree === true) {
      const all = await this.categories.all(businessId);
      return { data: treeOf(all).map(toCategoryTreeView), total: all.length, skip: 0, take: all.length };
    }
    const parentId = query.parentId === 'root' ? null : query.parentId;
    const { skip, take } = toPage({ ...query, take: query.take ?? query.limit ?? TAKE_DEFAULT, sort: 'name' });
    const { categories, total } = await this.categories.list({ parentId, businessId }, { skip, take });
    return { data: categories.map(toCategoryView), total, skip, take };
  }

  @Get(':id')
  @Public()
  @Returns(categoryView)
  async byId(@Param('id', { schema: uuid() }) id: string): Promise<CategoryView> {
    const category = await this.categories.byId(id);
    if (category === null) throw notFound('CATEGORY_NOT_FOUND', 'There is no such category.');
    return toCategoryView(category);
  }

  @Post()
  @LiveAdmin()
  @Returns(categoryView, { status: 201, description: 'The new category' })
  async create(
    @Body({ schema: createCategoryBody }) body: CreateCategoryBody,
    @Caller() caller: Identity,
  ): Promise<CategoryView> {
    const { parentId = null, description = null, ...rest } = body;
    return toCategoryView(
      await this.createCategory.execute({ ...rest, parentId, description, actor: actorOf(caller) }),
    );
  }

  @Patch(':id')
  @LiveAdmin()
  @Returns(categoryView)
  async update(
    @Param('id', { schema: uuid() }) id: string,
    @Body({ schema: updateCategoryBody }) patch: UpdateCategoryBody,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: Identity,
  ): Promise<CategoryView> {
    const expectedVersion = versionFromIfMatch(ifMatch);
    return toCategoryView(await this.updateCategory.execute({ id, patch, expectedVersion, actor: actorOf(caller) }));
  }

  @Delete(':id')
  @HttpCode(204)
  @LiveAdmin()
  async remove(
    @Param('id', { schema: uuid() }) id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: Identity,
  ): Promise<void> {
    await this.deleteCategory.execute({ id, expectedVersion: versionFromIfMatch(ifMatch), actor: actorOf(caller) });
  }
}
