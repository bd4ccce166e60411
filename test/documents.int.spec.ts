import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** The scripts build what they read, so that a document is compared with the code as it is now. */
const check = (script: string, ...args: string[]): Promise<{ stdout: string }> =>
  run(process.execPath, [path.join(root, 'scripts', script), '--check', ...args], { cwd: root });

interface Operation {
  readonly security: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly description?: string }[];
}

const operations = async (): Promise<[name: string, operation: Operation][]> => {
  const { paths } = JSON.parse(await readFile(path.join(root, 'docs/openapi.json'), 'utf8')) as {
    paths: Record<string, Record<string, Operation>>;
  };
  return Object.entries(paths).flatMap(([url, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method} ${url}`, operation]),
  );
};

describe('openapi.json', () => {
  it('describes every parameter that is part of a path or a header', async () => {
    for (const [name, { parameters = [] }] of await operations())
      for (const parameter of parameters.filter(({ in: place }) => place !== 'query'))
        expect([name, parameter]).toEqual([name, expect.objectContaining({ description: expect.any(String) })]);
  });

  it('asks webhooks for a signature and not for a token', async () => {
    const webhooks = (await operations()).filter(([name]) => /^post \/(?!admin).*(webhook|\/razorpay$)/.test(name));
    expect(webhooks).toHaveLength(3);
    for (const [, { security, parameters }] of webhooks) {
      expect(security).toEqual([]);
      expect(parameters).toContainEqual(expect.objectContaining({ name: 'x-razorpay-signature', required: true }));
    }
  });

  it('says where a guest may show the token of an order', async () => {
    const taking = (await operations()).filter(([, { parameters = [] }]) =>
      parameters.some(({ name }) => name === 'X-Order-Token'),
    );
    expect(taking.map(([name]) => name)).toEqual([
      'get /orders/{id}',
      'delete /orders/{id}',
      'post /orders/{id}/cancel',
      'get /orders/{id}/history',
      'get /orders/{id}/stream',
      'post /payments',
      'get /payments/order/{orderId}',
      'post /payments/razorpay/create-order',
      'get /payments/{id}',
      'get /payments/{id}/refunds',
      'get /payments/{id}/status',
      'get /refunds/{id}',
    ]);
  });
});

describe('documents made from code', () => {
  it('openapi.json is what the services say', async () => {
    const { stdout } = await check('docs-openapi.mjs');
    expect(stdout).toMatch(/docs\/openapi\.json is up to date/);
  }, 120_000);

  it('events.md, asyncapi.json and the golden files are what the catalogue says', async () => {
    const { stdout } = await check('docs-events.mjs', '--golden');
    expect(stdout).toMatch(/docs\/events\.md is up to date\ndocs\/asyncapi\.json is up to date/);
  }, 60_000);
});
