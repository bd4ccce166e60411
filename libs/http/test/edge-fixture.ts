import { Body, Controller, Get, HttpCode, Inject, Module, Param, Post, Query } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { Database, openDatabase, type SqlTx } from '@reseller/persistence';
import { createLogger, gone, unavailable, unprocessable } from '@reseller/runtime';
import { SHARED_TABLES_SQL, TEST_IDENTITY, testDatabase, type TestDatabase } from '@reseller/testing';
import {
  Caller,
  createServiceApp,
  HttpEdgeModule,
  IdempotencyKeys,
  IdempotentCall,
  InternalOnly,
  LiveAdmin,
  Open,
  pageQuery,
  Public,
  Returns,
  Roles,
  shortText,
  toPage,
  uuid,
  type IdempotentRequest,
  type IdempotentStep,
  type Identity,
} from '../src/index.js';

/** What a thing is to do; each a way in which work may end. */
const thingBody = z.strictObject({ name: shortText(20), how: z.enum(['ok', 'refuse', 'break', 'wait']).default('ok') });
const listQuery = z.strictObject(pageQuery(['createdAt', 'name']));

/** Lets a test hold work under way. */
export class Gate {
  entered = 0;
  private readonly waiting: (() => void)[] = [];

  async pass(): Promise<void> {
    this.entered += 1;
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  open(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

@Controller('things')
class ThingsController {
  constructor(
    private readonly keys: IdempotencyKeys,
    private readonly database: Database,
    @Inject(Gate) private readonly gate: Gate,
  ) {}

  @Post()
  create(
    @Body({ schema: thingBody }) body: z.infer<typeof thingBody>,
    @Caller() caller: Identity,
    @IdempotentCall() request: IdempotentRequest,
  ) {
    return this.keys.run(request, String(caller.userId), (step) =>
      this.database.sqlTransaction((tx) => this.make(tx, body, step)),
    );
  }

  @Get()
  @Public()
  list(@Query({ schema: listQuery }) query: z.infer<typeof listQuery>) {
    return toPage(query);
  }

  @Get('stripped')
  @Public()
  @Returns(z.object({ seen: z.string() }))
  stripped() {
    return { seen: 'yes', passwordHash: 'secret' };
  }

  @Get(':id')
  @Public()
  one(@Param('id', { schema: uuid() }) id: string) {
    throw gone('LINK_GONE', `${id} is gone.`, { since: 'yesterday' });
  }

  private async make(tx: SqlTx, { name, how }: z.infer<typeof thingBody>, { subjectId, remember }: IdempotentStep) {
    await tx.query('insert into things (id, name) values ($1, $2)', [subjectId, name]);
    if (how === 'wait') await this.gate.pass();
    if (how === 'refuse') throw unprocessable('TOO_SMALL', 'The thing is too small.', { least: 3 });
    if (how === 'break') throw new Error('password=hunter2 in select * from things');
    await remember(tx, 201, { id: subjectId, name });
    return { id: subjectId, name };
  }
}

@Controller()
class DoorsController {
  @Get('me')
  me(@Caller() caller: Identity) {
    return caller;
  }

  @Get('guest')
  @Public()
  guest(@Caller() caller: Identity) {
    return caller;
  }

  @Get('admin')
  @Roles('ADMIN')
  admin() {
    return 'in';
  }

  @Post('payouts')
  @HttpCode(200)
  @LiveAdmin()
  payouts() {
    return 'in';
  }

  @Get('internal/door')
  @InternalOnly('order')
  internal() {
    return 'in';
  }

  @Get('open')
  @Open()
  open() {
    return 'in';
  }

  @Get('ill')
  @Open()
  ill() {
    throw unavailable('UPSTREAM_UNAVAILABLE', 'Not now.');
  }
}

export interface Edge {
  readonly app: NestFastifyApplication;
  readonly url: string;
  readonly db: TestDatabase;
  readonly gate: Gate;
  close(): Promise<void>;
}

/** A service of nothing but its edge. */
export async function startEdge(env: { authUrl?: string; databaseUrl?: string } = {}): Promise<Edge> {
  const db = await testDatabase({
    name: 'http',
    sql: `${SHARED_TABLES_SQL}; create table things (id uuid primary key, name text not null)`,
  });
  const logger = createLogger({ service: 'test', level: 'silent' });
  const noPrisma = { $transaction: () => Promise.reject(new Error('no models')), $disconnect: () => Promise.resolve() };
  const options = { url: env.databaseUrl ?? db.url, poolSize: 12, service: 'test' };
  const database = openDatabase(() => noPrisma, options);
  const gate = new Gate();
  const config = { ...TEST_IDENTITY, AUTH_SERVICE_URL: env.authUrl ?? 'http://127.0.0.1:9' };
  const imports = [HttpEdgeModule.forService({ name: 'test-service', config, logger, database })];
  @Module({ imports, controllers: [ThingsController, DoorsController], providers: [{ provide: Gate, useValue: gate }] })
  class EdgeModule {}
  const service = { name: 'test-service', description: 'A test', module: EdgeModule, logger };
  const app = await createServiceApp({ ...service, host: '127.0.0.1', port: 0 });
  await app.listen(0, '127.0.0.1');
  return {
    app,
    url: await app.getUrl(),
    db,
    gate,
    close: async () => {
      await app.close();
      await db.drop();
    },
  };
}
