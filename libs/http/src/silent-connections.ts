import type { Server, Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

const LOOK_MS = 100;
/** One that was made just now may be about to ask. */
const SILENT_MS = 1_000;

/**
 * Lets a closing server go without those who have connected and never asked anything: Node does not count them as idle and
 * would wait for them. HTTP clients open such a connection in the place of one whose request they have broken off.
 */
export function leaveSilentConnections(fastify: FastifyInstance): void {
  const server: Server = fastify.server;
  const connectedAtMs = new Map<Socket, number>();
  server.on('connection', (socket) => {
    connectedAtMs.set(socket, performance.now());
    socket.once('close', () => connectedAtMs.delete(socket));
  });
  fastify.addHook('preClose', async () => {
    const sweep = setInterval(() => {
      for (const [socket, atMs] of connectedAtMs) {
        if (socket.bytesRead === 0 && performance.now() - atMs > SILENT_MS) socket.destroy();
      }
    }, LOOK_MS);
    server.once('close', () => clearInterval(sweep.unref()));
  });
}
