import { Injectable } from '@nestjs/common';
import type { EventOf, UserUpdated } from '@reseller/contracts';
import type { Sql } from '@reseller/persistence';

// An older event that comes late must not bring an address back that the person has left.
const KEEP = `
insert into contacts (user_id, email, first_name, phone, roles, is_active, business_id, version)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (user_id) do update set email = excluded.email, first_name = excluded.first_name, phone = excluded.phone,
  roles = excluded.roles, is_active = excluded.is_active, business_id = excluded.business_id,
  version = excluded.version, updated_at = now()
where contacts.version < excluded.version`;

/** Keeps the newest contact of a user. */
@Injectable()
export class KeepContact {
  async execute(sql: Sql, user: EventOf<typeof UserUpdated>['data'], version: number): Promise<void> {
    await sql.query(KEEP, [
      user.userId,
      user.email,
      user.firstName,
      user.phone,
      user.roles,
      user.isActive,
      user.businessId,
      version,
    ]);
  }
}
