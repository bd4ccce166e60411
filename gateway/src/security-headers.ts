import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import type { FastifyInstance, FastifyReply } from 'fastify';

type Header = readonly [name: string, value: string];

/**
 * Helmet's headers on every answer. They are the same for every request, but the plugin puts its middleware and the content
 * security policy together anew each time, a twentieth of a proxied request's CPU: so the first answer's are kept.
 */
export async function addSecurityHeaders(app: FastifyInstance, options: FastifyHelmetOptions): Promise<void> {
  await app.register(helmet, { ...options, global: false });
  let kept: readonly Header[] | undefined;
  app.addHook('onRequest', (_request, reply, done) => {
    // On the raw response, as helmet does: a route that sets one of them itself wins.
    if (kept === undefined) kept = headersOfHelmet(reply);
    else for (const [name, value] of kept) reply.raw.setHeader(name, value);
    done();
  });
}

/** Lets helmet treat this answer, and tells what it has set. */
function headersOfHelmet(reply: FastifyReply): readonly Header[] {
  const before = new Set(reply.raw.getHeaderNames());
  reply.helmet();
  const added = reply.raw.getHeaderNames().filter((name) => !before.has(name));
  return added.map((name) => [name, String(reply.raw.getHeader(name))]);
}
