import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '@reseller/runtime';
import { eventually } from '@reseller/testing';
import amqp, { type ChannelModel, type ConfirmChannel } from 'amqplib';
import { RabbitConnection } from '../src/rabbit/rabbit-connection.js';
import { SteadyChannel } from '../src/rabbit/steady-channel.js';
import { StepTaken, testEvent } from './support/test-events.js';
import { outgoing, recordEffect, World } from './support/world.js';

const url = process.env['RABBITMQ_URL'] ?? '';
const onRabbit = url === '' ? describe.skip : describe;

onRabbit('what only RabbitMQ does', () => {
  let world: World;
  let operator: ChannelModel;

  beforeEach(async () => {
    world = await World.create('rabbitmq');
    operator = await amqp.connect(url);
  });
  afterEach(async () => {
    await world.destroy();
    await operator.close();
  });

  const step = (number: number) => testEvent(StepTaken, world.aggregateId, number);
  const effects = (...steps: number[]) => eventually(async () => expect(await world.effects()).toEqual(steps));

  it('is back within five seconds when the queue is deleted, with its bindings', async () => {
    world.startProducer();
    world.startConsumer([[StepTaken, recordEffect]]);
    await world.append(step(1));
    await effects(1);
    const channel = await operator.createChannel();
    await channel.deleteQueue(`${world.broker.env['EVENT_NAMESPACE'] ?? ''}wallet.events`);
    await world.append(step(2));
    await effects(1, 2);
  });

  it('sets a channel up again that the broker has closed alone', async () => {
    const connection = new RabbitConnection(
      url,
      'steady-channel-test',
      createLogger({ service: 'test', level: 'silent' }),
    );
    const opened: ConfirmChannel[] = [];
    const steady = new SteadyChannel(
      connection,
      'test',
      (channel) => Promise.resolve(void opened.push(channel)),
      createLogger({ service: 'test', level: 'silent' }),
    );
    connection.open();
    steady.start();
    await eventually(() => steady.current !== null);
    // The broker answers an unknown exchange by closing the channel.
    opened[0]?.publish('no-such-exchange', 'key', Buffer.from(''));
    await eventually(() => opened.length === 2 && steady.current === opened[1]);
    await steady.stop();
    await connection.close();
    expect(opened).toHaveLength(2);
  });

  it('parks a message that was redelivered too often, and lists it with the broker’s reason', async () => {
    const transport = await world.openTransport('wallet');
    await transport.publish([outgoing(step(1))]);
    const channel = await operator.createChannel();
    const queue = `${world.broker.env['EVENT_NAMESPACE'] ?? ''}wallet.events`;
    await channel.consume(queue, (message) => message !== null && channel.nack(message, false, true));
    const [letter] = await eventually(async () => {
      const letters = await transport.deadLetters.list('wallet', {}, 10);
      expect(letters).toHaveLength(1);
      return letters;
    });
    expect(letter?.error).toContain('delivery_limit');
  });

  it('keeps the past of a message through retries: type, id and the publisher’s headers', async () => {
    const transport = await world.openTransport('wallet');
    const seen: (string | undefined)[] = [];
    const subscription = transport.subscribe('wallet', 5, (delivery) => {
      seen.push(`${delivery.attempt} ${delivery.type} ${delivery.headers['x-request-id'] ?? ''}`);
      const failure = { error: 'e', stack: '', attempts: delivery.attempt, firstFailedAt: new Date().toISOString() };
      return Promise.resolve(delivery.attempt < 3 ? { kind: 'retry', delayMs: 20, failure } : { kind: 'done' });
    });
    subscription.start();
    world.onDestroy(() => subscription.stop());
    await transport.publish([{ ...outgoing(step(1)), headers: { 'x-request-id': 'r1' } }]);
    await eventually(() => expect(seen).toEqual([1, 2, 3].map((attempt) => `${attempt} ${StepTaken.type} r1`)));
  });
});
