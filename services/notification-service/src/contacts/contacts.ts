import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ServiceClient } from '@reseller/http';
import type { Sql } from '@reseller/persistence';
import { z } from 'zod';
import { CONFIG, type NotificationServiceConfig } from '../notification-service.config.js';

export interface Contact {
  readonly email: string;
  readonly phone: string | null;
}

const userSchema = z.object({ email: z.string(), phone: z.string().nullable() });

/** How people can be reached: from the copy, else from auth. */
@Injectable()
export class Contacts implements OnApplicationShutdown {
  private readonly auth: ServiceClient;

  constructor(@Inject(CONFIG) config: NotificationServiceConfig) {
    this.auth = new ServiceClient({
      self: 'notification',
      target: 'auth',
      baseUrl: config.AUTH_SERVICE_URL,
      serviceSecret: config.INTERNAL_SERVICE_SECRET,
    });
  }

  /** Undefined for an account that does not exist. @throws while auth cannot be asked. */
  async find(sql: Sql, userId: string): Promise<Contact | undefined> {
    const [copy] = await sql.query<Contact>('select email, phone from contacts where user_id = $1', [userId]);
    return copy ?? this.auth.find(`/internal/users/${userId}`, userSchema);
  }

  /** The administrators of a business, and those of all. */
  async administratorsOf(sql: Sql, businessId: string): Promise<readonly string[]> {
    const rows = await sql.query<{ user_id: string }>(
      `select user_id from contacts
       where 'ADMIN' = any (roles) and is_active and (business_id is null or business_id = $1) order by user_id`,
      [businessId],
    );
    return rows.map((row) => row.user_id);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.auth.close();
  }
}
