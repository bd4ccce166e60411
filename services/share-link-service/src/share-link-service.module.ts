import { Module, type DynamicModule } from '@nestjs/common';
import { HttpEdgeModule } from '@reseller/http';
import { MessagingModule } from '@reseller/messaging';
import { DeleteOldTombstones, openDatabase } from '@reseller/persistence';
import type { Logger } from '@reseller/runtime';
import { ClickBuffer } from './clicks/click-buffer.js';
import { ClickRepository } from './clicks/click.repository.js';
import { CountClick } from './clicks/count-click.js';
import { DeleteOldClicks } from './clicks/delete-old-clicks.js';
import { AuthClient } from './clients/auth.client.js';
import { PricingClient } from './clients/pricing.client.js';
import { ProductClient } from './clients/product.client.js';
import { PrismaClient } from './generated/prisma/client.js';
import { LinkPageController } from './link-page/link-page.controller.js';
import { ShowShareLinkPage } from './link-page/show-share-link-page.js';
import { ChangeShareLink } from './links/change-share-link.js';
import { CreateShareLink } from './links/create-share-link.js';
import { InternalShareLinksController } from './links/internal-share-links.controller.js';
import { OpenLinks } from './links/open-links.js';
import { OwnShareLinks } from './links/own-share-links.js';
import { ShareLinkRepository } from './links/share-link.repository.js';
import { ShareLinksController } from './links/share-links.controller.js';
import { ShareLinkQueries } from './links/share-links.queries.js';
import { ShowShareLink } from './links/show-share-link.js';
import { ProductCopiesConsumer } from './product-copies/product-copies.consumer.js';
import { ProductCopies } from './product-copies/product-copies.js';
import { PRODUCT_COPIES, ProductCopyRepository } from './product-copies/product-copy.repository.js';
import { CONFIG, type ShareLinkServiceConfig } from './share-link-service.config.js';
import { SellerRepository } from './sellers/seller.repository.js';
import { SellersConsumer } from './sellers/sellers.consumer.js';
import { LinkOrderRepository } from './statistics/link-order.repository.js';
import { StatisticsConsumer } from './statistics/statistics.consumer.js';
import { StatisticsController } from './statistics/statistics.controller.js';
import { StatisticsQueries } from './statistics/statistics.queries.js';

@Module({})
export class ShareLinkServiceModule {
  static forRoot(config: ShareLinkServiceConfig, logger: Logger): DynamicModule {
    const database = openDatabase((adapter) => new PrismaClient({ adapter }), {
      url: config.DATABASE_URL,
      poolSize: config.DATABASE_POOL_SIZE,
      service: 'share-link-service',
      adapter: config.DATABASE_ADAPTER,
      neonProxy: config.NEON_WS_PROXY,
    });
    return {
      module: ShareLinkServiceModule,
      imports: [
        HttpEdgeModule.forService({ name: 'share-link-service', config, logger, database }),
        MessagingModule.forService({ service: 'share-link', ...config }),
      ],
      controllers: [
        ShareLinksController,
        InternalShareLinksController,
        LinkPageController,
        StatisticsController,
        ProductCopiesConsumer,
        SellersConsumer,
        StatisticsConsumer,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        CreateShareLink,
        ChangeShareLink,
        ShowShareLink,
        OwnShareLinks,
        OpenLinks,
        ShareLinkQueries,
        ShareLinkRepository,
        ShowShareLinkPage,
        StatisticsQueries,
        LinkOrderRepository,
        CountClick,
        ClickBuffer,
        ClickRepository,
        DeleteOldClicks,
        ProductCopies,
        ProductCopyRepository,
        {
          provide: DeleteOldTombstones,
          useValue: new DeleteOldTombstones(PRODUCT_COPIES, database, config.PRODUCT_TOMBSTONE_RETENTION, logger),
        },
        SellerRepository,
        ProductClient,
        PricingClient,
        AuthClient,
      ],
    };
  }
}
