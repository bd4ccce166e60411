import { z } from 'zod';
import { smsContentSchema } from '../templates/wording.js';
import type { MessageChannel, OutgoingMessage } from './message-channel.js';
import { callProvider } from './provider-call.js';

export interface SmsSettings {
  readonly url: string;
  readonly token: string;
  readonly timeoutMs: number;
}

const answerSchema = z.object({ id: z.string() });

/** Text messages through a provider's HTTP endpoint, or a small adapter in front of one: `{ to, text, reference }`. */
export class SmsChannel implements MessageChannel {
  readonly name = 'SMS';

  constructor(private readonly settings: SmsSettings) {}

  async send({ key, to, content }: OutgoingMessage): Promise<string | null> {
    const { text } = smsContentSchema.parse(content);
    const answer = await callProvider({
      ...this.settings,
      headers: { 'idempotency-key': key },
      body: { to, text, reference: key },
    });
    return answerSchema.safeParse(answer).data?.id ?? null;
  }

  async close(): Promise<void> {}
}
