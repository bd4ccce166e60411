import { AsyncResource } from 'node:async_hooks';
import { pipeline, Readable } from 'node:stream';
import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import { stringify } from 'csv-stringify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Logger } from '@reseller/runtime';

declare module 'fastify' {
  interface FastifyInstance {
    brokenFiles?: Logger;
  }
}

/** Where {@link sendCsv} says why a file broke off: its answer has begun, and no filter sees the error. */
export function logBrokenFiles(fastify: FastifyInstance, logger: Logger): void {
  fastify.decorate('brokenFiles', logger);
}

export interface CsvFile {
  /** With its ending. */
  readonly name: string;
  readonly columns: readonly string[];
  /** Cells by column. */
  readonly rows: AsyncIterable<object>;
}

/**
 * Sends rows as a CSV file (RFC 4180, UTF-8) while they are read: the reader's pace is the database's pace. What a
 * spreadsheet would take for a formula gets an apostrophe before it, so that a name somebody chose runs nowhere.
 *
 * A failure on the way breaks the connection off, for half a file must not look like a whole one, and is logged with its
 * cause. Before the first row it is an ordinary 500.
 */
export function sendCsv(reply: FastifyReply, { name, columns, rows }: CsvFile): void {
  const file = stringify({
    header: true,
    columns: [...columns],
    escape_formulas: true,
    record_delimiter: '\r\n',
    // It quotes a cell for a whole delimiter in it, but a line feed alone would end the row for most who read it.
    quoted_match: /[\r\n]/,
  });
  const onEnd = (error: NodeJS.ErrnoException | null | undefined): void => {
    // A reader who left is no failure; an error before the first byte is answered, and logged where that happens.
    if (!error || error.code === 'ERR_STREAM_PREMATURE_CLOSE' || !reply.raw.headersSent) return;
    reply.server.brokenFiles?.error({ err: error, file: name }, 'a file broke off on its way');
  };
  pipeline(Readable.from(rows), file, AsyncResource.bind(onEnd));
  void reply
    .header('content-type', 'text/csv; charset=utf-8; header=present')
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('cache-control', 'private, no-store')
    .send(file);
}

/** Says in the documents that a route answers a CSV file; the handler sends it with {@link sendCsv}. */
export const ReturnsCsv = (description: string) =>
  applyDecorators(
    ApiProduces('text/csv'),
    ApiOkResponse({ description, content: { 'text/csv': { schema: { type: 'string' } } } }),
  );
