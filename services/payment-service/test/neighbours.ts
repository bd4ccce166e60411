import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestOrder } from './orders.js';

/** The order service as far as payment asks it. */
export class Neighbours {
  readonly orders = new Map<string, TestOrder>();
  /** How often it was asked about orders. */
  asked = 0;
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<Neighbours> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const neighbours = new Neighbours(server, `http://127.0.0.1:${port}`);
    server.on('request', (request, response) => {
      const { status, body } = neighbours.answer(new URL(request.url ?? '/', neighbours.url));
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    return neighbours;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private answer(url: URL): { status: number; body: unknown } {
    this.asked += 1;
    const [, , , key = ''] = url.pathname.split('/');
    const order = [...this.orders.values()].find(({ orderId, orderNumber }) => orderId === key || orderNumber === key);
    if (order === undefined)
      return { status: 404, body: { code: 'ORDER_NOT_FOUND', detail: 'There is no such order.' } };
    const { orderToken, ...payable } = order;
    const given = url.searchParams.get('orderToken');
    const judged = given === null ? {} : { orderTokenOk: given === orderToken };
    return { status: 200, body: { ...payable, paymentExpiresAt: null, ...judged } };
  }
}
