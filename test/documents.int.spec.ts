import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** The scripts build what they read, so that a document is compared with the code as it is now. */
const check = (script: string, ...args: string[]): Promise<{ stdout: string }> =>
  run(process.execPath, [path.join(root, 'scripts', script), '--check', ...args], { cwd: root });

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
