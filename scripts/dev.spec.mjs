// What `npm run dev` relies on: every change is compiled, and no process runs twice.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { inBatches } from './lib/in-batches.mjs';
import { KeptProcess } from './lib/processes.mjs';

describe('changes in batches', () => {
  it('makes one batch of what comes together, and the next of what comes while it is worked on', async () => {
    const batches = [];
    let underWay = 0;
    const add = inBatches(async (items) => {
      underWay += 1;
      batches.push({ items, underWay });
      await delay(100);
      underWay -= 1;
    }, 10);
    add('auth');
    add('order');
    add('auth');
    await delay(50);
    add('auth');
    await delay(30);
    add('wallet');
    await delay(300);
    expect(batches).toEqual([
      { items: ['auth', 'order'], underWay: 1 },
      { items: ['auth', 'wallet'], underWay: 1 },
    ]);
  });
});

describe('a kept process', () => {
  let dir;
  let kept;

  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'kept-process-'));
    const script = path.join(dir, 'main.mjs');
    // It takes a moment to stop, as a service does.
    writeFileSync(
      script,
      `process.on('SIGTERM', () => setTimeout(() => process.exit(0), 200)); setInterval(() => {}, 1000); console.log('started');`,
    );
    kept = new KeptProcess({ name: 'kept', dir: '.', script, env: {}, logDir: dir });
  });

  afterEach(async () => {
    await kept.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const starts = () => readFileSync(kept.logFile, 'utf8').split('\n').length - 1;
  const started = async (times) => {
    while (starts() < times) await delay(20);
  };

  it('starts once when it is asked to start again twice', async () => {
    kept.start();
    await started(1);
    await Promise.all([kept.restart(), delay(50).then(() => kept.restart())]);
    await started(2);
    await delay(200);
    expect(starts()).toBe(2);
  });

  it('stays stopped when it is stopped while it starts again', async () => {
    kept.start();
    await started(1);
    await Promise.all([kept.restart(), kept.stop()]);
    await delay(200);
    expect(starts()).toBe(1);
  });
});
