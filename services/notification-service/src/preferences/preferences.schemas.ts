import { z } from 'zod';
import { upperEnum } from '@reseller/http';
import { CATEGORIES, CHANNELS } from '../messages/message.js';

export const preferencesBody = z.strictObject({
  /** Only what changes. */
  preferences: z
    .array(z.strictObject({ channel: upperEnum(CHANNELS), category: upperEnum(CATEGORIES), enabled: z.boolean() }))
    .min(1)
    .max(CHANNELS.length * CATEGORIES.length)
    .refine(
      (choices) => new Set(choices.map(({ channel, category }) => `${channel} ${category}`)).size === choices.length,
      'must not name a channel and category twice',
    ),
});
export type PreferencesBody = z.infer<typeof preferencesBody>;

export const preferencesView = z
  .object({
    preferences: z.array(
      z.object({
        channel: z.enum(CHANNELS),
        category: z.enum(CATEGORIES),
        enabled: z.boolean(),
        /** False for mails about the account itself. */
        mayBeSwitchedOff: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'NotificationPreferences' });
export type PreferencesView = z.infer<typeof preferencesView>;
