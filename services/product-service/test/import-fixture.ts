import { RunImports } from '../src/imports/run-imports.js';
import type { ImportReportView } from '../src/imports/imports.schemas.js';
import type { TestClient, TestResponse } from '@reseller/testing';
import { ADMIN, type Problem, type ProductService } from './product-fixture.js';

export type Sent = TestResponse<ImportReportView & Problem>;

const CSV = { 'content-type': 'text/csv' };

export const send = (
  client: TestClient,
  kind: 'inventory' | 'products',
  csv: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<Sent> => client.post(`/${kind}/import`, csv, { ...CSV, ...headers });

export const reportOf = async (service: ProductService, id: string, query = ''): Promise<ImportReportView> =>
  (await service.client.as(ADMIN).get<ImportReportView>(`/inventory/imports/${id}${query}`)).body;

/** Runs what waits to its end, as the job would. */
export async function runAll(service: ProductService): Promise<void> {
  while ((await service.app.get(RunImports).execute()) > 0);
}

/** Sends a file, has it worked on, and answers the report. */
export async function importCsv(
  service: ProductService,
  kind: 'inventory' | 'products',
  csv: string,
): Promise<ImportReportView> {
  const sent = await send(service.client.as(ADMIN), kind, csv);
  if (sent.status !== 202) throw new Error(`the import answered ${sent.status}: ${JSON.stringify(sent.body)}`);
  await runAll(service);
  return reportOf(service, sent.body.id);
}

/** `[line, code, column]` of what was not applied. */
export const refusals = ({ errors }: ImportReportView) =>
  errors.data.flatMap(({ line, errors: reasons }) => reasons.map(({ code, path }) => [line, code, path]));

/** How many statements of the service wait for a lock. */
export async function waitingForLocks({ db }: ProductService): Promise<number> {
  const waiting = await db.query(
    `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return waiting.length;
}
