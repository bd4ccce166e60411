import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const built = new URL('../dist/index.js', import.meta.url).href;
const PROGRAM = `
  import { loadConfig } from ${JSON.stringify(built)};
  import { z } from 'zod';
  const schema = z.object({ TEST_ONE: z.string(), TEST_TWO: z.string() });
  console.log(JSON.stringify(loadConfig(schema, { dir: process.argv[1] })));
`;

/** In a process of its own: it reads the real environment, and ends the process. */
describe('loadConfig in a process', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'config-'));
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  const run = (env: Record<string, string>) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', PROGRAM, dir], {
      cwd: path.dirname(new URL(built).pathname),
      env: { PATH: process.env['PATH'], ...env },
      encoding: 'utf8',
    });

  it('prints all problems and ends with code 1, without a stack', () => {
    const { status, stderr, stdout } = run({});
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/TEST_ONE: [\s\S]*TEST_TWO: /);
    expect(stderr).not.toContain('    at ');
  });

  it('reads the .env file of its folder, and what is set already wins', () => {
    writeFileSync(path.join(dir, '.env'), 'TEST_ONE=from file\nTEST_TWO=from file\n');
    const { status, stdout } = run({ TEST_TWO: 'set' });
    expect([status, JSON.parse(stdout)]).toEqual([0, { TEST_ONE: 'from file', TEST_TWO: 'set' }]);
  });
});
