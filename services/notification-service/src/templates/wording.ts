import { z } from 'zod';
import type { Category } from '../messages/message.js';

/** What a mail says; how it looks as text and HTML is made from it when it is sent. */
export const emailContentSchema = z.object({
  subject: z.string(),
  paragraphs: z.array(z.string()),
  /** Label and value, one a line. */
  facts: z.array(z.tuple([z.string(), z.string()])),
  /** A button. Its `url` is null where auth gives the link out only when the mail is sent. */
  action: z.object({ label: z.string(), url: z.string().nullable() }).nullable(),
});
export type EmailContent = z.infer<typeof emailContentSchema>;

export const smsContentSchema = z.object({ text: z.string() });

/** A template that WhatsApp has approved, by name, with what fills its numbered places. `text` is for people to read. */
export const whatsappContentSchema = z.object({
  text: z.string(),
  name: z.string(),
  parameters: z.array(z.string()),
});
export type WhatsappContent = z.infer<typeof whatsappContentSchema>;

/** What one event says to one kind of recipient. */
export interface Wording {
  /** Kebab-case; with underscores it is the WhatsApp template's name. */
  readonly template: string;
  readonly category: Category;
  readonly email: EmailContent;
  /** For SMS and WhatsApp; only what cannot wait for somebody to read mail. */
  readonly brief?: { readonly text: string; readonly parameters: readonly string[] };
}

export const whatsappContentOf = ({
  template,
  brief,
}: Wording & Required<Pick<Wording, 'brief'>>): WhatsappContent => ({
  text: brief.text,
  name: template.replaceAll('-', '_'),
  parameters: [...brief.parameters],
});
