import { once } from 'node:events';
import net from 'node:net';

export interface ReceivedMail {
  readonly to: string;
  /** Headers and body as they came. */
  readonly raw: string;
}

/** As much of an SMTP server (RFC 5321) as a mailer needs. */
export interface SmtpServer {
  readonly port: number;
  readonly received: ReceivedMail[];
  /** Addresses that it refuses for good. */
  readonly unknown: Set<string>;
  /** How many of the next mails it cannot take just now. */
  busyFor: number;
  close(): Promise<void>;
}

export async function smtpServer(): Promise<SmtpServer> {
  const sockets = new Set<net.Socket>();
  const smtp = {
    port: 0,
    received: [] as ReceivedMail[],
    unknown: new Set<string>(),
    busyFor: 0,
    close: async (): Promise<void> => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    converse(socket, smtp);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  smtp.port = address.port;
  return smtp;
}

function converse(socket: net.Socket, smtp: SmtpServer): void {
  let pending = '';
  let mail: string[] | undefined;
  let to = '';
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  const command = (line: string): void => {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'RCPT') {
      to = /<(.*)>/.exec(line)?.[1] ?? '';
      return say(smtp.unknown.has(to) ? '550 5.1.1 no such mailbox' : '250 OK');
    }
    if (verb === 'DATA') {
      if (smtp.busyFor > 0) {
        smtp.busyFor -= 1;
        return say('451 4.3.2 busy, try again later');
      }
      mail = [];
      return say('354 go on');
    }
    if (verb === 'QUIT') return void socket.end('221 bye\r\n');
    say(verb === 'EHLO' ? '250 test' : '250 OK');
  };
  const take = (line: string): void => {
    if (mail === undefined) return command(line);
    if (line !== '.') return void mail.push(line.replace(/^\.\./, '.'));
    smtp.received.push({ to, raw: mail.join('\r\n') });
    mail = undefined;
    say('250 taken');
  };
  say('220 test ESMTP');
  socket.on('data', (chunk) => {
    const lines = (pending + chunk.toString('utf8')).split('\r\n');
    pending = lines.pop() ?? '';
    lines.forEach(take);
  });
}
