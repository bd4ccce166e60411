import { createTransport } from 'nodemailer';
import { emailContentSchema } from '../templates/wording.js';
import { Undeliverable, type MessageChannel, type OutgoingMessage } from './message-channel.js';
import { oneLine, renderHtml, renderText } from './render-email.js';

export interface EmailSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly pass: string | undefined;
  /** `Shop <shop@example.com>` */
  readonly from: string;
  readonly timeoutMs: number;
}

const CONNECTIONS = 4;

/** Mail by SMTP. Its Message-ID is made from the message's key, so that a mailbox recognises a second copy. */
export class EmailChannel implements MessageChannel {
  readonly name = 'EMAIL';
  private readonly transport;
  private readonly domain: string;

  constructor(private readonly settings: EmailSettings) {
    const { host, port, user, pass, timeoutMs } = settings;
    this.domain = /@([^\s>]+)/.exec(settings.from)?.[1] ?? 'localhost';
    this.transport = createTransport({
      pool: true,
      maxConnections: CONNECTIONS,
      host,
      port,
      // 465 speaks TLS from the first byte; elsewhere STARTTLS is used where the server offers it.
      secure: port === 465,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      ...(user === undefined || pass === undefined ? {} : { auth: { user, pass } }),
    });
  }

  async send({ key, to, content, link }: OutgoingMessage): Promise<string | null> {
    const mail = emailContentSchema.parse(content);
    try {
      const sent = await this.transport.sendMail({
        messageId: `<${key}@${this.domain}>`,
        from: this.settings.from,
        // As an object: a comma in an address must not make two recipients of it.
        to: { name: '', address: to },
        subject: oneLine(mail.subject),
        text: renderText(mail, link),
        html: renderHtml(mail, link),
      });
      return sent.messageId;
    } catch (error) {
      throw refusedForGood(error) ? new Undeliverable(messageOf(error), { cause: error }) : error;
    }
  }

  async close(): Promise<void> {
    this.transport.close();
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * A 5xx about this recipient or this message (RFC 5321, 4.2.1), or an address that is none. A 5xx about who we are (login
 * refused) is put right by an operator, and the mail then goes out.
 */
function refusedForGood(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  const status = 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : undefined;
  if (error.code === 'EENVELOPE') return status === undefined || status >= 500;
  return error.code === 'EMESSAGE' && status !== undefined && status >= 500;
}
