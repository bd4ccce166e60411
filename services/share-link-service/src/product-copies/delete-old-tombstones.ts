import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, ServiceJob, type Logger } from '@reseller/runtime';
import { CONFIG, type ShareLinkServiceConfig } from '../share-link-service.config.js';
import { ProductCopyRepository } from './product-copy.repository.js';

const INTERVAL_MS = 3_600_000;

/** Forgets deleted products once no event about them can come any more. Who asks for one later is answered by product. */
@Injectable()
export class DeleteOldTombstones extends ServiceJob {
  constructor(
    private readonly repository: ProductCopyRepository,
    @Inject(CONFIG) private readonly config: ShareLinkServiceConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    super('delete-old-tombstones', INTERVAL_MS, logger);
  }

  execute(): Promise<number> {
    return this.repository.deleteTombstones(this.config.PRODUCT_TOMBSTONE_RETENTION);
  }
}
