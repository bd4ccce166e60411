import { Body, Controller, Delete, Get, Headers, Param, Patch, Post, Query, UseInterceptors } from '@nestjs/common';
import {
  Caller,
  EtagOfVersion,
  LiveAdmin,
  Returns,
  Roles,
  expectedVersionOf,
  uuid,
  versionFromIfMatch,
  type Identity,
} from '@reseller/http';
import { ChangeCommissionRule } from './change-commission-rule.js';
import {
  changeCommissionRuleBody,
  commissionRulePage,
  commissionRulesQuery,
  commissionRuleView,
  createCommissionRuleBody,
  type ChangeCommissionRuleBody,
  type CommissionRulesQuery,
  type CreateCommissionRuleBody,
} from './commission-rules.schemas.js';
import { CommissionRuleQueries } from './commission-rules.queries.js';
import { CreateCommissionRule } from './create-commission-rule.js';
import { DeleteCommissionRule } from './delete-commission-rule.js';

@UseInterceptors(EtagOfVersion)
@Controller('pricing/commission-rules')
@Roles('ADMIN')
export class CommissionRulesController {
  constructor(
    private readonly createRule: CreateCommissionRule,
    private readonly changeRule: ChangeCommissionRule,
    private readonly deleteRule: DeleteCommissionRule,
    private readonly queries: CommissionRuleQueries,
  ) {}

  @Post()
  @LiveAdmin()
  @Returns(commissionRuleView, { status: 201, description: 'The new rule' })
  create(@Body({ schema: createCommissionRuleBody }) body: CreateCommissionRuleBody, @Caller() caller: Identity) {
    return this.createRule.execute(caller, body);
  }

  @Get()
  @Returns(commissionRulePage, { description: 'Rules; the narrowest that applies to a sale decides' })
  list(@Query({ schema: commissionRulesQuery }) query: CommissionRulesQuery, @Caller() caller: Identity) {
    return this.queries.list(caller, query);
  }

  @Get(':id')
  @Returns(commissionRuleView, { description: 'The rule' })
  show(@Param('id', { schema: uuid() }) id: string, @Caller() caller: Identity) {
    return this.queries.find(caller, id);
  }

  @Patch(':id')
  @LiveAdmin()
  @Returns(commissionRuleView, { description: 'The rule as it now stands' })
  change(
    @Param('id', { schema: uuid() }) id: string,
    @Body({ schema: changeCommissionRuleBody }) { version, ...change }: ChangeCommissionRuleBody,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: Identity,
  ) {
    return this.changeRule.execute(caller, { id, expectedVersion: expectedVersionOf(ifMatch, version), change });
  }

  @Delete(':id')
  @LiveAdmin()
  @Returns(commissionRuleView, { description: 'The rule as it was' })
  remove(
    @Param('id', { schema: uuid() }) id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Caller() caller: Identity,
  ) {
    return this.deleteRule.execute(caller, id, versionFromIfMatch(ifMatch));
  }
}
