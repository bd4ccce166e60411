import { Module, type DynamicModule } from '@nestjs/common';
import { EventStreams, HttpEdgeModule } from '@reseller/http';
import { MessagingModule } from '@reseller/messaging';
import { openDatabase } from '@reseller/persistence';
import type { Logger } from '@reseller/runtime';
import { Contacts } from './contacts/contacts.js';
import { KeepContact } from './contacts/keep-contact.js';
import { AddressMessage } from './delivery/address-message.js';
import { ConfiguredChannels } from './delivery/configured-channels.js';
import { DeliverMessages } from './delivery/deliver-messages.js';
import { DeliveryJob } from './delivery/delivery.job.js';
import { MailedLinks } from './delivery/mailed-links.js';
import { MessageLeases } from './delivery/message-leases.js';
import { PrismaClient } from './generated/prisma/client.js';
import { DeleteOldLiveEvents } from './live/delete-old-live-events.js';
import { LiveController } from './live/live.controller.js';
import { LiveEventQueries } from './live/live-event.queries.js';
import { LiveStreams } from './live/live-streams.js';
import { NumberLiveEvents } from './live/number-live-events.js';
import { RecordLiveEvent } from './live/record-live-event.js';
import { AccountConsumer } from './messages/account.consumer.js';
import { AdminMessagesController } from './messages/admin-messages.controller.js';
import { DeleteOldMessages } from './messages/delete-old-messages.js';
import { EarningsConsumer } from './messages/earnings.consumer.js';
import { FindMessage } from './messages/find-message.js';
import { ForgetOrderBuyer } from './messages/forget-order-buyer.js';
import { MessageQueries } from './messages/message.queries.js';
import { MessagesController } from './messages/messages.controller.js';
import { OrdersConsumer } from './messages/orders.consumer.js';
import { PaymentsConsumer } from './messages/payments.consumer.js';
import { QueueMessages } from './messages/queue-messages.js';
import { RetryMessage } from './messages/retry-message.js';
import { StockConsumer } from './messages/stock.consumer.js';
import { TellAdministrators } from './messages/tell-administrators.js';
import { TellBuyer } from './messages/tell-buyer.js';
import { TellSeller } from './messages/tell-seller.js';
import { CONFIG, type NotificationServiceConfig } from './notification-service.config.js';
import { ChoosePreferences } from './preferences/choose-preferences.js';
import { PreferenceQueries } from './preferences/preference.queries.js';
import { PreferencesController } from './preferences/preferences.controller.js';

@Module({})
export class NotificationServiceModule {
  static forRoot(config: NotificationServiceConfig, logger: Logger): DynamicModule {
    const database = openDatabase((adapter) => new PrismaClient({ adapter }), {
      url: config.DATABASE_URL,
      poolSize: config.DATABASE_POOL_SIZE,
      service: 'notification-service',
      adapter: config.DATABASE_ADAPTER,
      neonProxy: config.NEON_WS_PROXY,
    });
    return {
      module: NotificationServiceModule,
      imports: [
        HttpEdgeModule.forService({ name: 'notification-service', config, logger, database }),
        MessagingModule.forService({ service: 'notification', ...config }),
      ],
      // PreferencesController first: `/notifications/preferences` must not be read as a notification's id.
      controllers: [
        PreferencesController,
        MessagesController,
        AdminMessagesController,
        LiveController,
        AccountConsumer,
        OrdersConsumer,
        PaymentsConsumer,
        EarningsConsumer,
        StockConsumer,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: EventStreams, useFactory: () => new EventStreams(config) },
        KeepContact,
        Contacts,
        QueueMessages,
        ForgetOrderBuyer,
        TellBuyer,
        TellSeller,
        TellAdministrators,
        MessageQueries,
        FindMessage,
        RetryMessage,
        DeleteOldMessages,
        ConfiguredChannels,
        MailedLinks,
        MessageLeases,
        AddressMessage,
        DeliverMessages,
        DeliveryJob,
        PreferenceQueries,
        ChoosePreferences,
        RecordLiveEvent,
        NumberLiveEvents,
        LiveEventQueries,
        LiveStreams,
        DeleteOldLiveEvents,
      ],
    };
  }
}
