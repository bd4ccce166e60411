import { expect, it } from '@jest/globals';
import { describeTransports, testBroker } from '../src/index.js';

describeTransports((transport) => {
  it('gives each caller a namespace of their own and removes it', async () => {
    const [one, other] = await Promise.all([testBroker(transport), testBroker(transport)]);
    expect(one.env['EVENT_TRANSPORT']).toBe(transport);
    expect(one.env['EVENT_NAMESPACE']).not.toBe(other.env['EVENT_NAMESPACE']);
    await Promise.all([one.cleanup(), other.cleanup()]);
  });
});
