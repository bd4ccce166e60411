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

export async function chaosProxy(target: { readonly host?: string; readonly port: number }): Promise<ChaosProxy> {
  const sockets = new Set<net.Socket>();
  let held = 0;
  let mode: Mode = { kind: 'pass' };

  const track = (socket: net.Socket): void => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  const forward = (from: net.Socket, to: net.Socket): void => {
    // One after another: a chunk that passes freely must not overtake one that is held back.
    let last = Promise.resolve();
    const inOrder = (step: () => void): void => {
      const dueAtMs = Date.now() + (mode.kind === 'delay' ? mode.delayMs : 0);
      held += 1;
      last = last
        .then(() => waitUntil(dueAtMs))
        .then(step)
        .finally(() => (held -= 1));
    };
    from.on('data', (chunk) => {
      if (mode.kind !== 'black-hole') inOrder(() => to.writable && to.write(chunk));
    });
    from.on('end', () => inOrder(() => to.end()));
    from.on('close', () => inOrder(() => to.destroy()));
  };
  const resetAll = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };

  const server = net.createServer((client) => {
    track(client);
    if (mode.kind === 'refuse') {
      client.resetAndDestroy();
      return;
    }
    const upstream = net.connect(target.port, target.host ?? '127.0.0.1');
    track(upstream);
    forward(client, upstream);
    forward(upstream, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');

  return {
    port: address.port,
    urlOf: (targetUrl) => {
      const url = new URL(targetUrl);
      url.hostname = '127.0.0.1';
      url.port = String(address.port);
      return url.href;
    },
    heal: () => {
      if (mode.kind === 'black-hole') resetAll();
      mode = { kind: 'pass' };
    },
    reset: resetAll,
    refuse: () => {
      mode = { kind: 'refuse' };
      resetAll();
    },
    delay: (delayMs) => {
      mode = { kind: 'delay', delayMs };
    },
    blackHole: () => {
      mode = { kind: 'black-hole' };
    },
    heldBack: () => held,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      resetAll();
      await closed;
    },
  };
}

async function waitUntil(atMs: number): Promise<void> {
  const leftMs = atMs - Date.now();
  if (leftMs > 0) await sleep(leftMs);
}
