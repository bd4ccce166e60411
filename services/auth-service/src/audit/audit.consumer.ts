import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { AdminActionRecorded, type EventOf } from '@reseller/contracts';
import { OnEvent, type EventContext } from '@reseller/messaging';
import { RecordAdminAction } from './record-admin-action.js';

@Controller()
export class AuditConsumer {
  constructor(private readonly recordAdminAction: RecordAdminAction) {}

  @OnEvent(AdminActionRecorded)
  async onAdminActionRecorded(
    @Payload() event: EventOf<typeof AdminActionRecorded>,
    @Ctx() context: EventContext,
  ): Promise<void> {
    await this.recordAdminAction.execute(context.tx, event);
  }
}
