import { Controller, Get, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '@reseller/runtime';
import { eventually, httpClient, type TestClient } from '@reseller/testing';
import { z } from 'zod';
import {
  createServiceApp,
  EventStreams,
  StreamPosition,
  ProblemFilter,
  StreamsEvents,
  type EventStream,
} from '../src/index.js';

const limits = { STREAM_HEARTBEAT: 60_000, STREAMS_MAX: 3, STREAMS_PER_READER_MAX: 2 };

interface Started {
  readonly app: NestFastifyApplication;
  readonly client: TestClient;
  /** The streams that were opened, in their order. */
  readonly opened: EventStream[];
}

describe('server-sent events', () => {
  let started: Started | undefined;
  afterEach(async () => {
    await started?.app.close();
    started = undefined;
  });

  async function start(over: Partial<typeof limits> = {}): Promise<Started> {
    const opened: EventStream[] = [];
    const logger = createLogger({ service: 'test', level: 'silent' });

    @Controller(':reader/news')
    class NewsController {
      constructor(private readonly streams: EventStreams) {}

      @Get()
      @StreamsEvents(z.object({}), 'News')
      news(@StreamPosition() lastEventId: number | undefined) {
        const stream = this.streams.open('reader', lastEventId ?? 0);
        opened.push(stream);
        return stream.answer;
      }
    }

    @Controller('other/news')
    class OtherNewsController {
      constructor(private readonly streams: EventStreams) {}

      @Get()
      @StreamsEvents(z.object({}), 'News')
      news() {
        return this.streams.open('other', 0).answer;
      }
    }

    @Module({
      controllers: [OtherNewsController, NewsController],
      providers: [
        { provide: APP_FILTER, useValue: new ProblemFilter(logger) },
        { provide: EventStreams, useFactory: () => new EventStreams({ ...limits, ...over }) },
      ],
    })
    class NewsModule {}

    const place = { host: '127.0.0.1', port: 0, logger };
    const app = await createServiceApp({ ...place, name: 'test', description: 'A test', module: NewsModule });
    await app.listen(0, '127.0.0.1');
    started = { app, client: httpClient(await app.getUrl()), opened };
    return started;
  }

  const only = ({ opened }: Started): EventStream => {
    const [stream] = opened;
    if (stream === undefined) throw new Error('no stream was opened');
    return stream;
  };

  it('arrive one by one, with id, name and data, and are kept by nobody on the way', async () => {
    const running = await start();
    const reader = await running.client.stream('/reader/news');
    const names = ['content-type', 'cache-control', 'x-accel-buffering'];
    expect([reader.status, ...names.map((name) => reader.headers.get(name))]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      'no-store, no-transform',
      'no',
    ]);
    const data = { text: 'a line\nand another' };
    only(running).send({ position: 7, event: 'said', data });
    expect(await reader.next()).toEqual({ id: '7', event: 'said', data });
    expect(reader.retryMs()).toBe(2_000);
    await reader.close();
  });

  it('go on after Last-Event-ID, which has to be an id', async () => {
    const running = await start();
    const reader = await running.client.stream('/reader/news', { 'last-event-id': '41' });
    expect(only(running).position).toBe(41);
    await reader.close();
    for (const id of ['-1', '1.5', 'abc', '9'.repeat(16), '1 2']) {
      const { status, body } = await running.client.get<{ code: string }>('/reader/news', { 'last-event-id': id });
      expect([id, status, body.code]).toEqual([id, 400, 'INVALID_LAST_EVENT_ID']);
    }
    const byQuery = await running.client.get<{ errors: unknown }>('/reader/news?access_token=abc');
    expect([byQuery.status, byQuery.body.errors]).toEqual([400, [{ path: 'access_token', message: 'is not known' }]]);
    expect(running.opened).toHaveLength(1);
  });

  it('are kept alive by comments, which tell the position that a quiet reader has come to', async () => {
    const running = await start({ STREAM_HEARTBEAT: 20 });
    const reader = await running.client.stream('/reader/news');
    only(running).passOver(12);
    await eventually(() => reader.lastEventId() === '12' && reader.comments().length > 0);
    await reader.close();
  });

  it('are for a bounded number of readers, and a bounded number for one', async () => {
    const { client } = await start();
    const held = [await client.stream('/reader/news'), await client.stream('/reader/news')];
    const tooMany = await client.get<{ code: string }>('/reader/news');
    expect([tooMany.status, tooMany.body.code, tooMany.headers.get('retry-after')]).toEqual([
      429,
      'TOO_MANY_STREAMS',
      '30',
    ]);
    held.push(await client.stream('/other/news'));
    const full = await client.get<{ code: string }>('/other/news');
    expect([full.status, full.body.code, full.headers.get('retry-after')]).toEqual([503, 'STREAMS_BUSY', '5']);
    // Whoever leaves makes room.
    for (const stream of held) await stream.close();
    const again = await eventually(async () => {
      const stream = await client.stream('/reader/news');
      if (stream.status !== 200) throw new Error(`answered ${stream.status}`);
      return stream;
    });
    await again.close();
  });

  it('are not begun for a HEAD', async () => {
    const { app, client, opened } = await start();
    const url = new URL('/reader/news', await app.getUrl());
    const heads = Array.from({ length: 4 }, () => ({ method: 'HEAD' }));
    for (const head of heads) expect((await fetch(url, head)).status).toBe(200);
    expect(opened).toHaveLength(4);
    const reader = await client.stream('/reader/news');
    expect(reader.status).toBe(200);
    await reader.close();
  });

  it('are written as far as there is room, and who does not read is let go', async () => {
    const running = await start({ STREAM_HEARTBEAT: 20 });
    const response = await fetch(new URL('/reader/news', await running.app.getUrl()));
    const stream = only(running);
    let isGone = false;
    stream.onGone(() => (isGone = true));
    let position = 0;
    // Nobody reads the body: once sockets are full there is no room any more.
    await eventually(() => {
      for (let written = 0; stream.hasRoom && written < 100; written += 1) {
        position += 1;
        stream.send({ position, event: 'said', data: { text: 'x'.repeat(10_000) } });
      }
      return isGone;
    });
    expect(stream.hasRoom).toBe(false);
    expect(stream.position).toBe(position);
    await expect(response.text()).rejects.toThrow();
  });

  it('end cleanly when the process stops, and no new ones begin', async () => {
    const running = await start();
    const reader = await running.client.stream('/reader/news');
    only(running).send({ position: 1, event: 'said', data: {} });
    const closed = running.app.close();
    expect((await reader.rest()).map(({ id }) => id)).toEqual(['1']);
    await closed;
    started = undefined;
  });
});
