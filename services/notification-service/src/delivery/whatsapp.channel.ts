import { z } from 'zod';
import { whatsappContentSchema } from '../templates/wording.js';
import type { MessageChannel, OutgoingMessage } from './message-channel.js';
import { callProvider } from './provider-call.js';

export interface WhatsappSettings {
  /** `https://graph.facebook.com/v21.0` */
  readonly apiUrl: string;
  readonly token: string;
  readonly phoneNumberId: string;
  readonly language: string;
  readonly timeoutMs: number;
}

const answerSchema = z.object({ messages: z.tuple([z.object({ id: z.string() })], z.unknown()) });

/**
 * WhatsApp's Cloud API (https://developers.facebook.com/docs/whatsapp/cloud-api/messages/template-messages): outside a
 * conversation only approved templates may be sent. It knows no idempotency key; `biz_opaque_callback_data` comes back
 * in its status webhooks and tells a second copy there.
 */
export class WhatsappChannel implements MessageChannel {
  readonly name = 'WHATSAPP';

  constructor(private readonly settings: WhatsappSettings) {}

  async send({ key, to, content }: OutgoingMessage): Promise<string | null> {
    const { name, parameters } = whatsappContentSchema.parse(content);
    const { apiUrl, phoneNumberId, token, language, timeoutMs } = this.settings;
    const answer = await callProvider({
      url: `${apiUrl.replace(/\/+$/, '')}/${phoneNumberId}/messages`,
      token,
      timeoutMs,
      body: {
        messaging_product: 'whatsapp',
        recipient_type: 'individual',
        to: to.replace(/^\+/, ''),
        type: 'template',
        template: {
          name,
          language: { code: language },
          components: [{ type: 'body', parameters: parameters.map((text) => ({ type: 'text', text: tidy(text) })) }],
        },
        biz_opaque_callback_data: key,
      },
    });
    return answerSchema.safeParse(answer).data?.messages[0].id ?? null;
  }

  async close(): Promise<void> {}
}

/** Line breaks, tabs and runs of spaces are refused in a parameter. */
const tidy = (text: string): string => text.replace(/\s+/g, ' ').trim();
