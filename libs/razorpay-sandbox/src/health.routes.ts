import type { FastifyInstance } from 'fastify';

/** The sandbox depends on nothing, so it is ready whenever it answers. */
export function healthRoutes(app: FastifyInstance): void {
  for (const path of ['/health', '/health/live', '/health/ready']) {
    app.get(path, () => ({ status: 'ok', service: 'razorpay-sandbox' }));
  }
}
