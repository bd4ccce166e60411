import type { Readable } from 'node:stream';
import { Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  Caller,
  CsvBody,
  IdempotencyKeys,
  IdempotentCall,
  LiveAdmin,
  pageOf,
  requireUser,
  Returns,
  Roles,
  TakesCsv,
  toPage,
  uuid,
} from '@reseller/http';
import type { IdempotentRequest, Identity } from '@reseller/http';
import type { SqlTx } from '@reseller/persistence';
import { notFound } from '@reseller/runtime';
import type { ImportKind } from './import.js';
import { ImportQueries, type ImportProgress } from './import.queries.js';
import {
  businessQuery,
  importErrorsQuery,
  importReportView,
  importsQuery,
  importView,
  toImportReportView,
  toImportView,
  type BusinessQuery,
  type ImportErrorsQuery,
  type ImportReportView,
  type ImportsQuery,
  type ImportView,
} from './imports.schemas.js';
import { ReceiveImport } from './receive-import.js';

const importsPage = pageOf(importView);
const ACCEPTED = 'The file is here and waits to be worked on; ask for its progress by the id';
const csvFile = {
  schema: { type: 'string', description: 'A CSV file in UTF-8; its first line names the columns' },
} as const;

interface SentFile {
  readonly kind: ImportKind;
  readonly body: Readable;
  readonly query: BusinessQuery;
  readonly caller: Identity;
  readonly request: IdempotentRequest;
}

@Controller()
@Roles('ADMIN')
export class ImportsController {
  constructor(
    private readonly receive: ReceiveImport,
    private readonly imports: ImportQueries,
    private readonly idempotency: IdempotencyKeys,
  ) {}

  @Post('inventory/import')
  @HttpCode(202)
  @LiveAdmin()
  @TakesCsv()
  @ApiConsumes('text/csv')
  @ApiBody(csvFile)
  @Returns(importView, { status: 202, description: ACCEPTED })
  importStock(
    @CsvBody() body: Readable,
    @Query({ schema: businessQuery }) query: BusinessQuery,
    @Caller() caller: Identity,
    @IdempotentCall() request: IdempotentRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportView> {
    return this.take({ kind: 'STOCK', body, query, caller, request }, reply);
  }

  @Post('products/import')
  @HttpCode(202)
  @LiveAdmin()
  @TakesCsv()
  @ApiConsumes('text/csv')
  @ApiBody(csvFile)
  @Returns(importView, { status: 202, description: ACCEPTED })
  importProducts(
    @CsvBody() body: Readable,
    @Query({ schema: businessQuery }) query: BusinessQuery,
    @Caller() caller: Identity,
    @IdempotentCall() request: IdempotentRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportView> {
    return this.take({ kind: 'PRODUCTS', body, query, caller, request }, reply);
  }

  @Get('inventory/imports')
  @Returns(importsPage, { description: 'Files that were sent in the last 30 days, newest first' })
  async list(@Query({ schema: importsQuery }) query: ImportsQuery, @Caller() { businessId }: Identity) {
    const { kind = null, state = null } = query;
    const page = await this.imports.list({ kind, state, businessId }, toPage(query));
    return { ...page, data: page.data.map(toImportView) };
  }

  @Get('inventory/imports/:id')
  @Returns(importReportView, { description: 'How far the file has been applied, and the rows that were not' })
  async byId(
    @Param('id', { schema: uuid() }) id: string,
    @Query({ schema: importErrorsQuery }) query: ImportErrorsQuery,
    @Caller() caller: Identity,
  ): Promise<ImportReportView> {
    const progress = await this.find(id, caller);
    return toImportReportView(progress, await this.imports.failedRows(id, toPage(query)));
  }

  /** The file comes in before its key is looked up: only then it is known whether it is the same one again. */
  private async take({ kind, body, query, caller, request }: SentFile, reply: FastifyReply): Promise<ImportView> {
    const actor = { userId: requireUser(caller), businessId: caller.businessId };
    const file = await this.receive.execute({ kind, actor, businessId: query.businessId, body });
    let view: ImportView | undefined;
    try {
      view = await this.idempotency.run({ ...request, body: file.sha256 }, actor.userId, async (step) => {
        const remember = (tx: SqlTx, progress: ImportProgress) => step.remember(tx, 202, toImportView(progress));
        return toImportView(await this.receive.queue(file, remember));
      });
      void reply.header('location', `/inventory/imports/${view.id}`);
      return view;
    } finally {
      // Refused, or answered with the import that the same file made before.
      if (view?.id !== file.id) await this.receive.discard(file.id);
    }
  }

  private async find(id: string, { businessId }: Identity): Promise<ImportProgress> {
    const progress = await this.imports.byId(id, businessId);
    if (progress === undefined) throw notFound('IMPORT_NOT_FOUND', 'There is no such import.');
    return progress;
  }
}
