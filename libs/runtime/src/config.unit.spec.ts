import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ConfigError, env, loadConfig } from './config.js';

describe('loadConfig', () => {
  const schema = z.object({
    TEST_PORT: env.port(3000),
    TEST_SECRET: env.secret({ min: 8 }),
    TEST_WAIT: env.durationMs('15m'),
    TEST_FLAG: env.flag(false),
    TEST_LIST: env.list(['a']),
    TEST_URL: env.url('http://localhost'),
  });

  it('reads typed values, and takes what is blank for not set', () => {
    const config = loadConfig(schema, {
      env: { TEST_PORT: ' ', TEST_SECRET: 'long enough', TEST_WAIT: '7d', TEST_FLAG: '1', TEST_LIST: 'x, ,y' },
    });
    expect(config).toEqual({
      TEST_PORT: 3000,
      TEST_SECRET: 'long enough',
      TEST_WAIT: 604_800_000,
      TEST_FLAG: true,
      TEST_LIST: ['x', 'y'],
      TEST_URL: 'http://localhost',
    });
  });

  const wrong = { TEST_PORT: 'http', TEST_SECRET: 'short', TEST_WAIT: 'soon', TEST_FLAG: 'yes', TEST_URL: 'no url' };

  it('names all problems together, without the values', () => {
    expect.assertions(8);
    try {
      loadConfig(schema, { env: wrong });
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      const message = String(error);
      for (const name of Object.keys(wrong)) expect(message).toContain(`- ${name}: `);
      expect(message.split('\n')).toHaveLength(6);
      expect(message).not.toContain('short');
    }
  });

  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['12h', 43_200_000],
  ])('takes %s for %d ms', (text, expected) => {
    expect(loadConfig(z.object({ TEST_WAIT: env.durationMs('1s') }), { env: { TEST_WAIT: text } })).toEqual({
      TEST_WAIT: expected,
    });
  });
});
