import type { FastifyReply } from 'fastify';

/** A service's answer that came in one piece. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

export function sendAnswer(reply: FastifyReply, { status, headers, body }: WholeAnswer): void {
  void reply
    .code(status)
    .headers(headers)
    .send(body.length === 0 ? undefined : body);
}
