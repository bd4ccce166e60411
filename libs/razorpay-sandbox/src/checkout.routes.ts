import type { FastifyInstance, FastifyReply } from 'fastify';
import { checkoutScript } from './checkout-script.js';
import type { SandboxContext } from './context.js';
import { payPage, type PayPageQuery, unknownOrderPage } from './pay-page.js';
import { PAY_PAGE_SCRIPT } from './pay-page-script.js';
import { PAY_PAGE_STYLE } from './pay-page-style.js';

/** The page runs its own script and style and nothing else; it may be framed and may post to any shop. */
const PAY_PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action http: https:";

const QUERY_SCHEMA = {
  type: 'object',
  properties: Object.fromEntries(
    ['callback_url', 'callback_method', 'origin', 'name', 'description', 'email', 'contact', 'color'].map((name) => [
      name,
      { type: 'string', maxLength: 2_000 },
    ]),
  ),
};

export function checkoutRoutes(app: FastifyInstance, context: SandboxContext): void {
  for (const path of ['/checkout.js', '/v1/checkout.js']) {
    app.get(path, (_request, reply) => sendScript(reply, checkoutScript(context.publicUrl)));
  }

  app.get('/pay-page.js', (_request, reply) => sendScript(reply, PAY_PAGE_SCRIPT));

  app.get('/pay-page.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(PAY_PAGE_STYLE));

  app.get<{ Params: { orderId: string }; Querystring: PayPageQuery }>(
    '/pay/:orderId',
    { schema: { querystring: QUERY_SCHEMA } },
    ({ params, query }, reply) => {
      const order = context.store.findOrder(params.orderId)?.entity;
      const page = order === undefined ? unknownOrderPage() : payPage(order, query);
      return reply
        .code(order === undefined ? 404 : 200)
        .headers({ 'Content-Security-Policy': PAY_PAGE_POLICY, 'Cache-Control': 'no-store' })
        .type('text/html; charset=utf-8')
        .send(page);
    },
  );
}

function sendScript(reply: FastifyReply, script: string): FastifyReply {
  return reply.headers({ 'X-Content-Type-Options': 'nosniff' }).type('text/javascript; charset=utf-8').send(script);
}
