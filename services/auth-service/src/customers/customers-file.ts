import { Readable } from 'node:stream';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { readCsv, type CsvRecord } from '@reseller/http';
import type { FastifyRequest } from 'fastify';
import { rowsOfCsv, type GivenRow } from './customers-csv.js';
import { IMPORT_BODY_BYTES, IMPORT_ROWS_MAX } from './import-limits.js';

/** What a client sent as CSV; no JSON can look like it. */
export class CustomersFile {
  constructor(readonly rows: readonly GivenRow[]) {}
}

/** The heading, the rows, and one more to tell that there are too many. */
const RECORDS_MAX = IMPORT_ROWS_MAX + 2;

/** Reads a CSV body before the pipes look at it: they walk through what they are given, and a stream has no end. */
@Injectable()
export class ReadCustomersFile implements NestInterceptor {
  /** @throws 400 CSV_MALFORMED or CSV_HEADER; 413 PAYLOAD_TOO_LARGE */
  async intercept(context: ExecutionContext, next: CallHandler) {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.body instanceof Readable) request.body = await fileOf(request.body);
    return next.handle();
  }
}

async function fileOf(body: Readable): Promise<CustomersFile> {
  return new CustomersFile(rowsOfCsv(await recordsOf(body), IMPORT_ROWS_MAX));
}

async function recordsOf(body: Readable): Promise<CsvRecord[]> {
  const records: CsvRecord[] = [];
  for await (const record of readCsv(body, { maxBytes: IMPORT_BODY_BYTES })) {
    records.push(record);
    if (records.length >= RECORDS_MAX) break;
  }
  return records;
}
