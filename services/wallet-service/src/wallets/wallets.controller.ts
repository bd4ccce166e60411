import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Returns, Roles, toPage, uuid, type Identity, type Page } from '@reseller/http';
import { businessScopeOf } from './business-scope.js';
import { TransactionQueries } from './transaction.queries.js';
import { WalletAccess } from './wallet-access.js';
import { WalletQueries } from './wallet.queries.js';
import {
  toTransactionView,
  toWalletView,
  transactionListQuery,
  transactionPage,
  walletListQuery,
  walletPage,
  walletView,
  type TransactionListQuery,
  type TransactionView,
  type WalletListQuery,
  type WalletView,
} from './wallets.schemas.js';

@ApiTags('wallets')
@Controller('wallets')
export class WalletsController {
  constructor(
    private readonly access: WalletAccess,
    private readonly wallets: WalletQueries,
    private readonly transactions: TransactionQueries,
  ) {}

  @Get()
  @Roles('ADMIN')
  @Returns(walletPage, { description: 'All wallets' })
  async list(
    @Query({ schema: walletListQuery }) query: WalletListQuery,
    @Caller() caller: Identity,
  ): Promise<Page<WalletView>> {
    const page = await this.wallets.list(businessScopeOf(caller), toPage(query));
    return { ...page, data: page.data.map(toWalletView) };
  }

  @Get(':sellerId')
  @Returns(walletView, { description: 'A reseller’s wallet' })
  async show(@Param('sellerId', { schema: uuid() }) sellerId: string, @Caller() caller: Identity): Promise<WalletView> {
    return toWalletView(await this.access.require(caller, sellerId));
  }

  @Get(':sellerId/transactions')
  @Returns(transactionPage, { description: 'What moved a reseller’s balances' })
  async listTransactions(
    @Param('sellerId', { schema: uuid() }) sellerId: string,
    @Query({ schema: transactionListQuery }) query: TransactionListQuery,
    @Caller() caller: Identity,
  ): Promise<Page<TransactionView> & { nextCursor: string | null }> {
    await this.access.require(caller, sellerId);
    const page = await this.transactions.list(sellerId, query, toPage(query));
    return { ...page, data: page.data.map(toTransactionView) };
  }
}
