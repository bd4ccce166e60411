import { describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.js';

function lines(options: { stacks?: boolean } = {}) {
  const written: string[] = [];
  const destination = { write: (line: string) => void written.push(line) };
  const logger = createLogger({ service: 'test', destination, ...options });
  return {
    logger,
    last: () => JSON.parse(written.at(-1) ?? '{}') as Record<string, unknown>,
    all: () => written.join(''),
  };
}

/** As `pg` throws it. */
const postgresError = (message: string, code: string) =>
  Object.assign(new Error(message), {
    code,
    severity: 'ERROR',
    detail: 'Key (email)=(meera@example.com) already exists.',
    where: 'SQL statement "insert into users values (1)"',
    query: 'insert into users (email) values ($1)',
    parameters: ['meera@example.com'],
    table: 'users',
    constraint: 'users_email_key',
  });

describe('the logger', () => {
  it('reduces a database error to what names it', () => {
    const { logger, last, all } = lines();
    logger.error(
      { err: postgresError('duplicate key value violates unique constraint "users_email_key"', '23505') },
      'unexpected error',
    );
    expect(last()['err']).toEqual({
      name: 'Error',
      code: '23505',
      message: 'duplicate key value violates unique constraint "…"',
      table: 'users',
      constraint: 'users_email_key',
    });
    expect(all()).not.toMatch(/meera|insert|\.ts:/);
  });

  it.each([
    ['invalid input syntax for type uuid: "hunter2"', '22P02', 'invalid input syntax for type uuid: "…"'],
    ['value "99999" is out of range for type integer', '22003', 'value "…" is out of range for type integer'],
  ])('leaves values out of %s', (message, code, expected) => {
    const { logger, last } = lines();
    logger.error({ err: postgresError(message, code) }, 'x');
    expect(last()).toMatchObject({ err: { message: expected } });
  });

  it('shows nothing of the arguments that Prisma repeats, but the database’s code', () => {
    const { logger, last, all } = lines();
    const error = Object.assign(
      new Error('Invalid `prisma.user.create()` in /srv/a.ts:3\n data: { email: "a@b.example" }'),
      {
        name: 'PrismaClientKnownRequestError',
        code: 'P2002',
        meta: {
          modelName: 'User',
          driverAdapterError: { cause: { originalCode: '23505', originalMessage: 'a@b.example' } },
        },
      },
    );
    logger.error({ err: error }, 'x');
    expect(last()['err']).toMatchObject({ code: 'P2002', sqlState: '23505', model: 'User' });
    expect(all()).not.toMatch(/a@b\.example|srv/);
  });

  it.each([
    ['failed: select password from users where id = 7', 'failed: [sql]'],
    ['failed: UPDATE users SET a = 1', 'failed: [sql]'],
    ['cannot connect to postgresql://app:p@ss/w@db:5432/x', 'cannot connect to postgresql://[redacted]@db:5432/x'],
    ['got Authorization: Bearer abc.def', 'got Authorization: [redacted] [redacted]'],
    ['bad token=abc123, next', 'bad token=[redacted], next'],
    ['{"password":"hunter2","a":1}', '{"password":[redacted],"a":1}'],
    ['eyJhbGciOi.eyJzdWIi.c2ln is expired', '[redacted] is expired'],
    [`signature ${'a1'.repeat(32)} differs`, 'signature [redacted] differs'],
    ['550 no mailbox <meera@example.com> or +919876543210', '550 no mailbox <[email]> or [phone]'],
    ['connect ECONNREFUSED 127.0.0.1:5672', 'connect ECONNREFUSED 127.0.0.1:5672'],
  ])('scrubs the message “%s”', (message, expected) => {
    const { logger, last, all } = lines();
    logger.warn({ err: new Error(message) }, 'x');
    expect(last()).toMatchObject({ err: { message: expected } });
    logger.warn({ reason: message }, 'x');
    expect(last()).toMatchObject({ reason: expected });
    expect(all()).not.toMatch(/hunter2|p@ss|abc/);
  });

  it('does not show what JSON.parse stumbled over', () => {
    const { logger, all } = lines();
    try {
      JSON.parse('hunter2');
    } catch (error) {
      logger.error({ err: error }, 'x');
    }
    expect(all()).toContain('SyntaxError');
    expect(all()).not.toContain('hunter2');
  });

  it('tells causes and the errors of several in the same way, and survives one that is its own cause', () => {
    const { logger, last, all } = lines();
    const looped = new Error('outer');
    looped.cause = looped;
    logger.error({ err: looped }, 'x');
    const inner = postgresError('oh "hunter2"', '23514');
    logger.error({ err: new AggregateError([inner], 'all failed', { cause: inner }) }, 'x');
    const seen = { code: '23514', message: 'oh "…"', constraint: 'users_email_key' };
    expect(last()).toMatchObject({ err: { name: 'AggregateError', cause: seen, errors: [seen] } });
    expect(all()).not.toMatch(/hunter2|stack/);
  });

  it('writes stacks when it is told to, and even then not the message as it was', () => {
    const { logger, last, all } = lines({ stacks: true });
    logger.error({ err: new Error('password=hunter2') }, 'x');
    expect(last()).toMatchObject({ err: { message: 'password=[redacted]' } });
    expect(all()).toMatch(/"stack":\["at .*logger\.unit\.spec/);
    expect(all()).not.toContain('hunter2');
  });

  it('redacts credentials and personal data by their key, at any level and in any spelling', () => {
    const { logger, all } = lines();
    const headers = {
      authorization: 'Bearer hunter2',
      cookie: 'sid=hunter2',
      'set-cookie': ['sid=hunter2'],
      'X-Order-Token': 'hunter2',
      'x-service-token': 'hunter2',
      'x-identity': 'hunter2',
      'x-razorpay-signature': 'hunter2',
    };
    const body = {
      password: 'hunter2',
      newPassword: 'hunter2',
      refresh_token: 'hunter2',
      razorpay_signature: 'hunter2',
    };
    const config = {
      JWT_SECRET: 'hunter2',
      RAZORPAY_KEY_SECRET: 'hunter2',
      DATABASE_URL: 'postgresql://a:hunter2@db/x',
    };
    const person = { email: 'hunter2', phone: 'hunter2', shippingAddress: { line1: 'hunter2' } };
    logger.info(
      { request: { headers, body }, config, list: [{ person }], accessToken: 'hunter2', orderId: 'kept' },
      'x',
    );
    expect(all()).not.toContain('hunter2');
    expect(all()).toContain('"orderId":"kept"');
    expect(all()).toContain('@db/x');
  });

  it('leaves ordinary fields as they are', () => {
    const { logger, last } = lines();
    const at = new Date(0);
    logger.info({ status: 200, path: '/share/x@y', nothing: null, at, addressKey: 'address:abc' }, 'request');
    expect(last()).toMatchObject({
      status: 200,
      path: '/share/x@y',
      nothing: null,
      at: at.toISOString(),
      addressKey: 'address:abc',
      service: 'test',
      msg: 'request',
    });
  });
});
