import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { shareLinkSchema } from '@reseller/contracts';
import type { ServiceClient } from '@reseller/http';
import { z } from 'zod';
import { CONFIG, type OrderServiceConfig } from '../order-service.config.js';
import { clientOf } from './service-clients.js';

const answerSchema = shareLinkSchema.extend({ version: z.int().nonnegative().default(0) });

export type ShareLink = z.infer<typeof shareLinkSchema>;

/** The share-link service, asked only for links whose events have not arrived here. */
@Injectable()
export class ShareLinkClient implements OnApplicationShutdown {
  private readonly client: ServiceClient;

  constructor(@Inject(CONFIG) config: OrderServiceConfig) {
    this.client = clientOf('share-link', config);
  }

  /** @throws 404 when there is no such link. */
  async find(id: string): Promise<{ version: number; link: ShareLink }> {
    const { version, ...link } = await this.client.get(`/internal/share-links/${id}`, answerSchema);
    return { version, link };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }
}
