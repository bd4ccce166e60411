import { Transform, type Readable, type TransformCallback } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { FastifyRequest } from 'fastify';
import { invalid, tooLarge } from '@reseller/runtime';

/** A body up to this length is sent on in one piece with its headers; a longer one, or one of unknown length, is streamed. */
const WHOLE_MAX_BYTES = 65_536;

const refusal = (limitBytes: number) =>
  tooLarge('PAYLOAD_TOO_LARGE', `The request body is larger than ${limitBytes} bytes.`);

/** Counts what passes and breaks off beyond the limit: for bodies that do not say their length. */
class LimitedBody extends Transform {
  private receivedBytes = 0;

  constructor(private readonly limitBytes: number) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.receivedBytes += chunk.length;
    if (this.receivedBytes > this.limitBytes) done(refusal(this.limitBytes));
    else done(null, chunk);
  }
}

/**
 * The body byte for byte: as a buffer where it is short, else as a stream that never gives more than the limit. A request
 * that announces neither a length nor chunks has none (RFC 9112, 6.3).
 *
 * @throws 413 when its length is announced and too large, 400 when its sender hangs up within it.
 */
export function takeBody(request: FastifyRequest, payload: Readable, limitBytes: number): Promise<Buffer> | Readable {
  const announced = Number(request.headers['content-length'] ?? Number.NaN);
  if (announced > limitBytes) return refuseReadable(payload, announced, limitBytes);
  const isChunked = request.headers['transfer-encoding'] !== undefined;
  if (announced <= WHOLE_MAX_BYTES || (Number.isNaN(announced) && !isChunked)) return wholeBody(payload);
  // With an announced length Node itself reads no further than that.
  if (!Number.isNaN(announced)) return payload;
  const limited = new LimitedBody(limitBytes);
  payload.on('error', (error) => limited.destroy(error));
  // Whoever forwards it hears of an error; a caller who hangs up before or after that must not end the process.
  limited.on('error', () => undefined);
  return payload.pipe(limited);
}

/** What is a little too long is read to its end first: who is still sending when the connection closes sees no answer. */
const READ_OUT_MAX_BYTES = 16 * 1_048_576;
const READ_OUT_MS = 1_000;

async function refuseReadable(payload: Readable, announced: number, limitBytes: number): Promise<never> {
  if (announced <= READ_OUT_MAX_BYTES) {
    payload.resume();
    await finished(payload, { signal: AbortSignal.timeout(READ_OUT_MS) }).catch(() => undefined);
  }
  throw refusal(limitBytes);
}

function wholeBody(payload: Readable): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    payload.on('data', (chunk: Buffer) => chunks.push(chunk));
    payload.once('end', () => resolve(Buffer.concat(chunks)));
    // After its end it says nothing any more.
    payload.once('error', () => reject(invalid('BAD_REQUEST', 'The request body ends before its announced length.')));
  });
}
