import { Transform, type Readable, type TransformCallback } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { tooLarge } from '@reseller/runtime';

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

/** The body as a stream that never gives more than the limit. @throws 413 when its length is announced and too large. */
export function limitBody(request: FastifyRequest, payload: Readable, limitBytes: number): Readable {
  const announced = Number(request.headers['content-length'] ?? Number.NaN);
  if (announced > limitBytes) throw refusal(limitBytes);
  // With an announced length Node itself reads no further than that.
  if (!Number.isNaN(announced)) return payload;
  const limited = new LimitedBody(limitBytes);
  payload.on('error', (error) => limited.destroy(error));
  // Whoever forwards it hears of an error; a caller who hangs up before or after that must not end the process.
  limited.on('error', () => undefined);
  return payload.pipe(limited);
}
