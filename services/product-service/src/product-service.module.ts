import { Module, type DynamicModule } from '@nestjs/common';
import { CsvBodies, HttpEdgeModule } from '@reseller/http';
import { MessagingModule } from '@reseller/messaging';
import { openDatabase } from '@reseller/persistence';
import type { Logger } from '@reseller/runtime';
import { BusinessesConsumer } from './businesses/businesses.consumer.js';
import { Businesses } from './businesses/businesses.js';
import { CategoriesController } from './categories/categories.controller.js';
import { CategoryQueries } from './categories/category.queries.js';
import { CategoryRepository } from './categories/category.repository.js';
import { CreateCategory } from './categories/create-category.js';
import { DeleteCategory } from './categories/delete-category.js';
import { UpdateCategory } from './categories/update-category.js';
import { AuthClient } from './clients/auth.client.js';
import { OrderClient } from './clients/order.client.js';
import { ExportQueries } from './exports/export.queries.js';
import { ExportsController } from './exports/exports.controller.js';
import { PrismaClient } from './generated/prisma/client.js';
import { ApplyProductRows } from './imports/apply-product-rows.js';
import { ApplyStockRows } from './imports/apply-stock-rows.js';
import { ImportJob } from './imports/import.job.js';
import { ImportRetentionJob } from './imports/import-retention.job.js';
import { ImportQueries } from './imports/import.queries.js';
import { ImportRepository } from './imports/import.repository.js';
import { ImportsController } from './imports/imports.controller.js';
import { ReceiveImport } from './imports/receive-import.js';
import { RunImports } from './imports/run-imports.js';
import { CONFIG, type ProductServiceConfig } from './product-service.config.js';
import { CatalogueCache } from './products/catalogue-cache.js';
import { CreateProduct } from './products/create-product.js';
import { DeleteProduct } from './products/delete-product.js';
import { InternalCatalogueController } from './products/internal-catalogue.controller.js';
import { InternalProductsController } from './products/internal-products.controller.js';
import { ProductPages } from './products/product-pages.js';
import { ProductQueries } from './products/product.queries.js';
import { ProductRepository } from './products/product.repository.js';
import { ProductsController } from './products/products.controller.js';
import { UpdateProduct } from './products/update-product.js';
import { ConvertReservation } from './reservations/convert-reservation.js';
import { InternalReservationsController } from './reservations/internal-reservations.controller.js';
import { ReleaseReservation } from './reservations/release-reservation.js';
import { ReleaseUnwantedReservations } from './reservations/release-unwanted-reservations.js';
import { ReservationNetJob } from './reservations/reservation-net.job.js';
import { ReservationQueries } from './reservations/reservation.queries.js';
import { ReservationRepository } from './reservations/reservation.repository.js';
import { ReservationsConsumer } from './reservations/reservations.consumer.js';
import { ReservationsController } from './reservations/reservations.controller.js';
import { ReserveStock } from './reservations/reserve-stock.js';
import { RestockReturned } from './reservations/restock-returned.js';
import { AdjustStock } from './stock/adjust-stock.js';
import { AvailabilityQueries } from './stock/availability.queries.js';
import { InventoryController } from './stock/inventory.controller.js';
import { ProductInventoryQueries } from './stock/product-inventory.queries.js';
import { SetThreshold } from './stock/set-threshold.js';
import { StockLedger } from './stock/stock-ledger.js';
import { StockController } from './stock/stock.controller.js';
import { StockQueries } from './stock/stock.queries.js';

const STOCK = [
  StockLedger,
  StockQueries,
  AvailabilityQueries,
  ProductInventoryQueries,
  AdjustStock,
  SetThreshold,
  ReservationRepository,
  ReservationQueries,
  ReserveStock,
  ConvertReservation,
  ReleaseReservation,
  RestockReturned,
  ReleaseUnwantedReservations,
  ReservationNetJob,
];

const FILES = [
  CsvBodies,
  ImportRepository,
  ImportQueries,
  ReceiveImport,
  ApplyStockRows,
  ApplyProductRows,
  RunImports,
  ImportJob,
  ImportRetentionJob,
  ExportQueries,
];

/** The wiring: what this service is made of. */
@Module({})
export class ProductServiceModule {
  static forRoot(config: ProductServiceConfig, logger: Logger): DynamicModule {
    const database = openDatabase((adapter) => new PrismaClient({ adapter }), {
      url: config.DATABASE_URL,
      poolSize: config.DATABASE_POOL_SIZE,
      service: 'product-service',
      adapter: config.DATABASE_ADAPTER,
      neonProxy: config.NEON_WS_PROXY,
    });
    return {
      module: ProductServiceModule,
      imports: [
        HttpEdgeModule.forService({ name: 'product-service', config, logger, database }),
        MessagingModule.forService({ service: 'product', ...config }),
      ],
      controllers: [
        StockController,
        ProductsController,
        CategoriesController,
        InventoryController,
        ImportsController,
        ExportsController,
        InternalProductsController,
        InternalReservationsController,
        InternalCatalogueController,
        ReservationsController,
        ReservationsConsumer,
        BusinessesConsumer,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        // catalogue
        ProductRepository,
        ProductQueries,
        ProductPages,
        {
          provide: CatalogueCache,
          useValue: new CatalogueCache({
            ttlMs: config.CATALOGUE_CACHE_TTL_MS,
            maxBytes: config.CATALOGUE_CACHE_MAX_MB * 1_048_576,
          }),
        },
        CreateProduct,
        UpdateProduct,
        DeleteProduct,
        CategoryRepository,
        CategoryQueries,
        CreateCategory,
        UpdateCategory,
        DeleteCategory,
        Businesses,
        ...STOCK,
        ...FILES,
        OrderClient,
        AuthClient,
      ],
    };
  }
}
