import { Module, type DynamicModule } from '@nestjs/common';
import { HttpEdgeModule } from '@reseller/http';
import { MessagingModule } from '@reseller/messaging';
import { openDatabase } from '@reseller/persistence';
import type { Logger } from '@reseller/runtime';
import { AdjustWallet } from './adjustments/adjust-wallet.js';
import { AdjustmentsController } from './adjustments/adjustments.controller.js';
import { CommissionRepository } from './commissions/commission.repository.js';
import { CommissionsConsumer } from './commissions/commissions.consumer.js';
import { PostCommission } from './commissions/post-commission.js';
import { RecordCommissionFact } from './commissions/record-commission-fact.js';
import { UnlockMaturedCommissions } from './commissions/unlock-matured-commissions.js';
import { UnlockCommissionsJob } from './commissions/unlock-commissions.job.js';
import { PrismaClient } from './generated/prisma/client.js';
import { Ledger } from './ledger/ledger.js';
import { DecidePayout } from './payouts/decide-payout.js';
import { FindPayout } from './payouts/find-payout.js';
import { PayoutQueries } from './payouts/payout.queries.js';
import { PayoutRepository } from './payouts/payout.repository.js';
import { PayoutsController } from './payouts/payouts.controller.js';
import { RequestPayout } from './payouts/request-payout.js';
import { CONFIG, type WalletServiceConfig } from './wallet-service.config.js';
import { OpenWallet } from './wallets/open-wallet.js';
import { OwnerRepository } from './wallets/owner.repository.js';
import { TransactionQueries } from './wallets/transaction.queries.js';
import { UsersConsumer } from './wallets/users.consumer.js';
import { WalletAccess } from './wallets/wallet-access.js';
import { WalletQueries } from './wallets/wallet.queries.js';
import { WalletsController } from './wallets/wallets.controller.js';

@Module({})
export class WalletServiceModule {
  static forRoot(config: WalletServiceConfig, logger: Logger): DynamicModule {
    const database = openDatabase((adapter) => new PrismaClient({ adapter }), {
      url: config.DATABASE_URL,
      poolSize: config.DATABASE_POOL_SIZE,
      service: 'wallet-service',
      adapter: config.DATABASE_ADAPTER,
      neonProxy: config.NEON_WS_PROXY,
    });
    return {
      module: WalletServiceModule,
      imports: [
        HttpEdgeModule.forService({ name: 'wallet-service', config, logger, database }),
        MessagingModule.forService({ service: 'wallet', ...config }),
      ],
      // PayoutsController first: `/wallets/payouts` must not be read as a seller's id.
      controllers: [PayoutsController, WalletsController, AdjustmentsController, UsersConsumer, CommissionsConsumer],
      providers: [
        { provide: CONFIG, useValue: config },
        Ledger,
        OpenWallet,
        OwnerRepository,
        WalletAccess,
        WalletQueries,
        TransactionQueries,
        CommissionRepository,
        PostCommission,
        RecordCommissionFact,
        UnlockMaturedCommissions,
        UnlockCommissionsJob,
        PayoutRepository,
        PayoutQueries,
        FindPayout,
        RequestPayout,
        DecidePayout,
        AdjustWallet,
      ],
    };
  }
}
