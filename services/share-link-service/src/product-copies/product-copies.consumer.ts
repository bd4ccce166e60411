import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { ProductCreated, ProductDeleted, ProductUpdated, type EventOf } from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
import { ProductCopies } from './product-copies.js';
import { ProductCopyRepository } from './product-copy.repository.js';

type ProductStands = EventOf<typeof ProductCreated> | EventOf<typeof ProductUpdated>;

@Controller()
export class ProductCopiesConsumer {
  constructor(
    private readonly repository: ProductCopyRepository,
    private readonly copies: ProductCopies,
  ) {}

  @OnEvent(ProductCreated, { batch: 50 })
  onProductCreated(@Payload() event: EventOf<typeof ProductCreated>, @Ctx() context: EventContext): Promise<void> {
    return this.store(event, context);
  }

  @OnEvent(ProductUpdated, { batch: 50 })
  onProductUpdated(@Payload() event: EventOf<typeof ProductUpdated>, @Ctx() context: EventContext): Promise<void> {
    return this.store(event, context);
  }

  @OnEvent(ProductDeleted, { batch: 50 })
  async onProductDeleted(
    @Payload() event: EventOf<typeof ProductDeleted>,
    @Ctx() context: EventContext,
  ): Promise<void> {
    await this.repository.storeDeletion(context.tx, event.data, BigInt(event.aggregateVersion));
    context.afterCommit(() => this.copies.changed(event.data.productId));
  }

  private async store(event: ProductStands, context: EventContext): Promise<void> {
    await this.repository.store(context.tx, event.data, BigInt(event.aggregateVersion));
    context.afterCommit(() => this.copies.changed(event.data.productId));
  }
}
