import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Controller, Get, Inject, Module, Res } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { createLogger } from '@reseller/runtime';
import { eventually } from '@reseller/testing';
import { createServiceApp, sendCsv } from '../src/index.js';

type Rows = () => AsyncGenerator<object>;

/** What the file is made of, as a test wants it. */
class Source {
  rows: Rows = async function* () {};
}

@Controller()
class FilesController {
  constructor(@Inject(Source) private readonly source: Source) {}

  @Get('things.csv')
  things(@Res() reply: FastifyReply): void {
    sendCsv(reply, { name: 'things.csv', columns: ['name'], rows: this.source.rows() });
  }
}

let app: NestFastifyApplication;
let lines: Record<string, unknown>[];
const source = new Source();
beforeAll(async () => {
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const logger = createLogger({ service: 'test', destination });
  @Module({ controllers: [FilesController], providers: [{ provide: Source, useValue: source }] })
  class FilesModule {}
  lines = [];
  app = await createServiceApp({ name: 'test', description: 'A test', module: FilesModule, logger, host: '', port: 0 });
  await app.listen(0, '127.0.0.1');
});
afterAll(() => app.close());
beforeEach(() => {
  lines = [];
});

const download = async () => fetch(`${await app.getUrl()}/things.csv`, { headers: { 'x-request-id': 'download-1' } });
const troubles = () => lines.filter(({ level }) => Number(level) > 30);
const MANY = 20_000;
const row = (index: number) => ({ name: `thing ${index}` });

it('arrives whole, and nothing is logged but the request', async () => {
  source.rows = async function* () {
    for (let index = 0; index < MANY; index += 1) yield row(index);
  };
  expect((await (await download()).text()).split('\r\n')).toHaveLength(MANY + 2);
  expect(troubles()).toEqual([]);
});

it('that breaks off midway is a broken transfer for its reader, and is logged once with its cause', async () => {
  source.rows = async function* () {
    for (let index = 0; index < MANY; index += 1) yield row(index);
    throw new Error('the database went away');
  };
  const answer = await download();
  expect(answer.status).toBe(200);
  await expect(answer.text()).rejects.toThrow('terminated');
  await eventually(() => expect(troubles()).toHaveLength(1));
  expect(troubles()).toMatchObject([
    { level: 50, file: 'things.csv', requestId: 'download-1', msg: 'a file broke off on its way' },
  ]);
  expect(JSON.stringify(troubles())).toContain('the database went away');
});

it('that cannot begin is an error and no file, and its cause is logged', async () => {
  source.rows = async function* () {
    yield* [];
    throw new Error('the database went away');
  };
  const answer = await download();
  expect(answer.status).toBe(500);
  expect(answer.headers.get('content-type')).toContain('application/json');
  expect(await answer.text()).not.toContain('database');
  expect(JSON.stringify(troubles())).toContain('the database went away');
});

it('whose reader leaves is read no further, and is no failure', async () => {
  let isClosed = false;
  source.rows = async function* () {
    try {
      for (let index = 0; ; index += 1) {
        yield row(index);
        if (index % 1_000 === 0) await delay(1);
      }
    } finally {
      isClosed = true;
    }
  };
  const answer = await download();
  await answer.body?.cancel();
  await eventually(() => expect(isClosed).toBe(true));
  expect(troubles()).toEqual([]);
});
