import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Module, type DynamicModule, type INestApplication, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Ctx, Payload } from '@nestjs/microservices';
import type { EventOf } from '@reseller/contracts';
import { Database } from '@reseller/persistence';
import { correlation, createLogger, HEALTH_CHECKS, LOGGER, type HealthCheck } from '@reseller/runtime';
import { describeTransports, eventually } from '@reseller/testing';
import { register } from 'prom-client';
import { z } from 'zod';
import { connectEvents, messagingEnv, MessagingModule, OnEvent, type EventContext } from '../src/index.js';
import { FigureCounted, StepTaken, TEST_CATALOGUE, testEvent, Unroutable } from './support/test-events.js';
import { World } from './support/world.js';

const requests: (string | undefined)[] = [];

@Controller()
class StepsConsumer {
  constructor(private readonly database: Database) {}

  @OnEvent(StepTaken)
  async onStepTaken(@Payload() event: EventOf<typeof StepTaken>, @Ctx() context: EventContext): Promise<void> {
    if (event.data.step === 13) throw new RangeError('thirteen is unlucky');
    await this.database.ping();
    requests.push(correlation.current()?.requestId);
    await context.tx.query('insert into effects (event_id, aggregate_id, step) values ($1, $2, $3)', [
      event.id,
      event.aggregateId,
      event.data.step,
    ]);
  }

  @OnEvent(FigureCounted, { batch: 50 })
  async onFigureCounted(): Promise<void> {
    await Promise.resolve();
  }
}

@Controller()
class SecondConsumer {
  @OnEvent(StepTaken)
  async onStepTaken(): Promise<void> {
    await Promise.resolve();
  }
}

@Controller()
class LostConsumer {
  @OnEvent(Unroutable)
  async onUnroutable(): Promise<void> {
    await Promise.resolve();
  }
}

@Module({})
class TestModule {}

describeTransports((name) => {
  let world: World;
  let app: INestApplication | undefined;
  const checks: HealthCheck[] = [];

  beforeEach(async () => {
    world = await World.create(name);
    checks.length = 0;
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
    await world.destroy();
  });

  function appWith(...controllers: Type[]): Promise<INestApplication> {
    const logger = createLogger({ service: 'wallet', level: 'silent' });
    const settings = z.object(messagingEnv).parse(world.broker.env);
    const module: DynamicModule = {
      module: TestModule,
      imports: [MessagingModule.forService({ service: 'wallet', ...settings, catalogue: TEST_CATALOGUE })],
      controllers,
      providers: [
        { provide: Database, useValue: world.consumer },
        { provide: LOGGER, useValue: logger },
        { provide: HEALTH_CHECKS, useValue: { add: (check: HealthCheck) => checks.push(check) } },
      ],
    };
    return NestFactory.create(module, new FastifyAdapter(), { logger: false, abortOnError: false });
  }

  describe('a Nest application', () => {
    it('runs its handlers with injection, correlation, metrics and a health check, and drains when it closes', async () => {
      app = await appWith(StepsConsumer);
      await connectEvents(app);
      world.startProducer();
      await correlation.run({ requestId: 'request-7', traceparent: '' }, () =>
        world.append(testEvent(StepTaken, world.aggregateId, 1)),
      );
      await eventually(async () => expect(await world.effects()).toEqual([1]));
      expect(requests.at(-1)).toBe('request-7');
      await eventually(async () => expect(await checks[0]?.check()).toMatchObject({ state: 'up' }));
      const metrics = await register.metrics();
      expect(metrics).toContain('event_handler_seconds_count{service="wallet",type="TEST_STEP_TAKEN"}');
      expect(metrics).toContain('outbox_pending{service="wallet"} 0');
      expect(metrics).toContain('event_queue_depth{service="wallet",queue="waiting"} 0');
    });

    it('keeps the class of what a handler throws', async () => {
      const transport = await world.openTransport('wallet');
      app = await appWith(StepsConsumer);
      await connectEvents(app);
      world.startProducer();
      await world.append(testEvent(StepTaken, world.aggregateId, 13));
      const [letter] = await eventually(async () => {
        const letters = await transport.deadLetters.list('wallet', {}, 10);
        expect(letters).toHaveLength(1);
        return letters;
      });
      expect(letter?.error).toBe('RangeError: thirteen is unlucky');
    });

    it('refuses two handlers for one event', async () => {
      app = await appWith(StepsConsumer, SecondConsumer);
      await expect(connectEvents(app)).rejects.toThrow('two handlers for TEST_STEP_TAKEN');
    });

    it('refuses a handler that the catalogue never calls', async () => {
      app = await appWith(LostConsumer);
      await expect(connectEvents(app)).rejects.toThrow('does not name wallet as a hearer of TEST_UNROUTABLE');
    });
  });
});
