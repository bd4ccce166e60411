import { once } from 'node:events';
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Calls } from './lib/storm/calls.mjs';
import { Random } from './lib/storm/random.mjs';

describe('what a seed decides', () => {
  const choices = (random) => Array.from({ length: 20 }, () => random.between(1, 1_000));

  it('is the same every time, and another with another seed', () => {
    expect(choices(new Random(7))).toEqual(choices(new Random(7)));
    expect(choices(new Random(7))).not.toEqual(choices(new Random(8)));
  });

  it('does not depend, for one actor, on what the others have chosen', () => {
    const [quiet, busy] = [new Random(7), new Random(7)];
    const forks = [quiet.fork('buyer 1'), busy.fork('buyer 1')];
    choices(busy.fork('buyer 2'));
    expect(choices(forks[0])).toEqual(choices(forks[1]));
    expect(choices(quiet.fork('buyer 1'))).not.toEqual(choices(quiet.fork('buyer 2')));
  });

  it('stays within its bounds', () => {
    const random = new Random(1);
    const drawn = new Set(Array.from({ length: 200 }, () => random.between(1, 3)));
    expect([...drawn].toSorted()).toEqual([1, 2, 3]);
  });
});

describe('an answer of the platform', () => {
  let server;
  let status = 200;
  beforeAll(async () => {
    server = http.createServer((_request, response) => response.writeHead(status).end('{}')).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => server.close());

  const ask = async (calls, answered) => {
    status = answered;
    await calls.client(`http://127.0.0.1:${server.address().port}`).get('/orders/1');
    return calls.complaints.length;
  };

  it('is a complaint when it is a 5xx that nobody who was killed explains', async () => {
    const calls = new Calls();
    expect([await ask(calls, 201), await ask(calls, 409), await ask(calls, 503), await ask(calls, 500)]).toEqual([
      0, 0, 1, 2,
    ]);
  });

  it('is none when something is down, or has come back just now; a 500 always is', async () => {
    const calls = new Calls();
    calls.isDown('order-service');
    expect([await ask(calls, 502), await ask(calls, 503), await ask(calls, 504)]).toEqual([0, 0, 0]);
    calls.isBack('order-service');
    expect([await ask(calls, 503), await ask(calls, 500)]).toEqual([0, 1]);
  });
});
