import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A TCP proxy that makes a network misbehave between a service and its database, broker or neighbour. */
export interface ChaosProxy {
  readonly port: number;
  /** A URL of the target, with this proxy in its place. */
  urlOf(targetUrl: string): string;
  /** Passes everything on, at once; also ends a black hole, a delay or a refusal. */
  heal(): void;
  /** Breaks every open connection with a TCP reset. New ones are taken. */
  reset(): void;
  /** Takes connections and breaks them at once, until healed. */
  refuse(): void;
  /** Holds back every chunk for so long, in each direction, until healed. */
  delay(delayMs: number): void;
  /** Takes bytes and never passes them on, as a network that drops packets does. What it took is lost: heal() breaks the connections. */
  blackHole(): void;
  /** How many chunks wait for their delay. */
  heldBack(): number;
  close(): Promise<void>;
}

type Mode = { readonly kind: 'pass' | 'refuse' | 'black-hole' } | { readonly kind: 'delay'; readonly delayMs: number };

/** What the two directions of every connection share. */
interface Network {
  mode: Mode;
  held: number;
  readonly sockets: Set<net.Socket>;
}

/** A proxy in front of one TCP server, passing everything on until it is told otherwise. */
export async function chaosProxy(target: { readonly host?: string; readonly port: number }): Promise<ChaosProxy> {
  const network: Network = { mode: { kind: 'pass' }, held: 0, sockets: new Set() };
  const server = net.createServer((client) => {
    track(network, client);
    if (network.mode.kind === 'refuse') {
      client.resetAndDestroy();
      return;
    }
    const upstream = net.connect(target.port, target.host ?? '127.0.0.1');
    track(network, upstream);
    forward(network, client, upstream);
    forward(network, upstream, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  const { port } = address;
  return {
    port,
    urlOf: (targetUrl) => {
      const url = new URL(targetUrl);
      url.hostname = '127.0.0.1';
      url.port = String(port);
      return url.href;
    },
    heal: () => {
      if (network.mode.kind === 'black-hole') resetAll(network);
      network.mode = { kind: 'pass' };
    },
    reset: () => resetAll(network),
    refuse: () => {
      network.mode = { kind: 'refuse' };
      resetAll(network);
    },
    delay: (delayMs) => {
      network.mode = { kind: 'delay', delayMs };
    },
    blackHole: () => {
      network.mode = { kind: 'black-hole' };
    },
    heldBack: () => network.held,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      resetAll(network);
      await closed;
    },
  };
}

function track({ sockets }: Network, socket: net.Socket): void {
  sockets.add(socket);
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.on('close', () => sockets.delete(socket));
}

function resetAll({ sockets }: Network): void {
  for (const socket of sockets) socket.resetAndDestroy();
}

/** One chunk after another: what passes freely must not overtake what is held back. */
function forward(network: Network, from: net.Socket, to: net.Socket): void {
  let last = Promise.resolve();
  const inOrder = (step: () => void): void => {
    const dueAtMs = Date.now() + (network.mode.kind === 'delay' ? network.mode.delayMs : 0);
    network.held += 1;
    last = last
      .then(() => waitUntil(dueAtMs))
      .then(step)
      .finally(() => (network.held -= 1));
  };
  from.on('data', (chunk) => {
    if (network.mode.kind !== 'black-hole') inOrder(() => to.writable && to.write(chunk));
  });
  from.on('end', () => inOrder(() => to.end()));
  from.on('close', () => inOrder(() => to.destroy()));
}

async function waitUntil(atMs: number): Promise<void> {
  const leftMs = atMs - Date.now();
  if (leftMs > 0) await sleep(leftMs);
}
