import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import { unprocessable } from '@reseller/runtime';
import { mayBeSwitchedOff, type Category, type Channel } from '../messages/message.js';

export interface Choice {
  readonly channel: Channel;
  readonly category: Category;
  readonly enabled: boolean;
}

// In one order, so that two requests of one person cannot deadlock.
const CHOOSE = `
insert into preferences (user_id, channel, category, enabled)
select $1, channel, category, enabled from unnest($2::text[], $3::text[], $4::boolean[]) as choice(channel, category, enabled)
order by channel, category
on conflict (user_id, channel, category) do update set enabled = excluded.enabled, updated_at = now()`;

/** What a person wants to be told, and how. It holds for what happens from now on. */
@Injectable()
export class ChoosePreferences {
  constructor(private readonly database: Database) {}

  /** @throws 422 ACCOUNT_MAIL_REQUIRED */
  async execute(userId: string, choices: readonly Choice[]): Promise<void> {
    if (choices.some(({ channel, category, enabled }) => !enabled && !mayBeSwitchedOff(channel, category))) {
      throw unprocessable('ACCOUNT_MAIL_REQUIRED', 'Mails about the account’s safety cannot be switched off.');
    }
    await this.database.query(CHOOSE, [
      userId,
      choices.map(({ channel }) => channel),
      choices.map(({ category }) => category),
      choices.map(({ enabled }) => enabled),
    ]);
  }
}
