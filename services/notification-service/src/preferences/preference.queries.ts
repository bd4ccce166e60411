import { Injectable } from '@nestjs/common';
import { Database } from '@reseller/persistence';
import type { PrismaClient } from '../generated/prisma/client.js';
import { CATEGORIES, CHANNELS, mayBeSwitchedOff } from '../messages/message.js';
import type { PreferencesView } from './preferences.schemas.js';

@Injectable()
export class PreferenceQueries {
  constructor(private readonly database: Database<PrismaClient>) {}

  /** Every channel and category; what nobody has chosen is on. */
  async of(userId: string): Promise<PreferencesView> {
    const chosen = await this.database.prisma.preference.findMany({ where: { userId } });
    const isOff = new Set(chosen.filter(({ enabled }) => !enabled).map((row) => `${row.channel} ${row.category}`));
    const preferences = CHANNELS.flatMap((channel) =>
      CATEGORIES.map((category) => ({
        channel,
        category,
        enabled: !isOff.has(`${channel} ${category}`),
        mayBeSwitchedOff: mayBeSwitchedOff(channel, category),
      })),
    );
    return { preferences };
  }
}
