import { describe, expect, it } from '@jest/globals';
import { eventually } from '@reseller/testing';
import { correlation } from './correlation.js';
import { createLogger } from './logger.js';
import { PeriodicJob } from './periodic-job.js';

const logger = createLogger({ service: 'test', level: 'silent' });

describe('PeriodicJob', () => {
  it('runs again and again, never two at a time', async () => {
    let [runs, underWay, most] = [0, 0, 0];
    const job = new PeriodicJob(
      'test',
      1,
      async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise((resolve) => setTimeout(resolve, 5));
        underWay -= 1;
        runs += 1;
      },
      logger,
    );
    job.start();
    await eventually(() => runs >= 4);
    await job.stop();
    expect([most, underWay]).toEqual([1, 0]);
    const ended = runs;
    await new Promise((resolve) => setImmediate(resolve));
    expect(runs).toBe(ended);
  });

  it('runs no more often when it is started twice, and no more once stopped', async () => {
    let [runs, underWay, most] = [0, 0, 0];
    const job = new PeriodicJob(
      'test',
      1,
      async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise((resolve) => setTimeout(resolve, 5));
        underWay -= 1;
        runs += 1;
      },
      logger,
    );
    job.start();
    job.start();
    await eventually(() => runs >= 4);
    await job.stop();
    const ended = runs;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([most, runs]).toEqual([1, ended]);
  });

  it('runs at once when it is nudged, and once more for any number of nudges while it runs', async () => {
    let [runs, underWay, most] = [0, 0, 0];
    const gates: (() => void)[] = [];
    const job = new PeriodicJob(
      'test',
      3_600_000,
      async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise<void>((resolve) => gates.push(resolve));
        underWay -= 1;
        runs += 1;
      },
      logger,
    );
    job.nudge();
    job.start();
    job.nudge();
    await eventually(() => gates.length === 1);
    for (let n = 0; n < 10; n += 1) job.nudge();
    gates[0]?.();
    await eventually(() => gates.length === 2);
    gates[1]?.();
    await eventually(() => runs === 2);
    await job.stop();
    expect([runs, most, gates.length]).toEqual([2, 1, 2]);
  });

  it('goes on after a failure', async () => {
    let runs = 0;
    const job = new PeriodicJob(
      'test',
      1,
      () => {
        runs += 1;
        if (runs === 1) throw new Error('first time');
        return Promise.resolve();
      },
      logger,
    );
    job.start();
    await eventually(() => runs >= 3);
    await job.stop();
  });

  it('follows a run that found work at once', async () => {
    let backlog = 5;
    const startedMs = Date.now();
    const job = new PeriodicJob('test', 1_000, () => Promise.resolve(backlog > 0 ? backlog-- : 0), logger);
    job.start();
    await eventually(() => backlog === 0);
    await job.stop();
    expect(Date.now() - startedMs).toBeLessThan(2_500);
  });

  it('waits for the run under way when it is stopped, and starts no other', async () => {
    let [finish, done]: [() => void, boolean] = [() => undefined, false];
    let started = false;
    const job = new PeriodicJob(
      'test',
      1,
      async () => {
        started = true;
        await new Promise<void>((resolve) => (finish = resolve));
        done = true;
        return 1;
      },
      logger,
    );
    job.start();
    await eventually(() => started);
    started = false;
    const stopped = job.stop();
    finish();
    await stopped;
    expect([done, started]).toEqual([true, false]);
  });

  it('gives every run a correlation of its own', async () => {
    const seen: (string | undefined)[] = [];
    const actors = new Set<string | undefined>();
    const job = new PeriodicJob(
      'sweep',
      1,
      () => {
        seen.push(correlation.current()?.requestId);
        actors.add(correlation.current()?.actor);
        return Promise.resolve();
      },
      logger,
    );
    job.start();
    await eventually(() => seen.length >= 2);
    await job.stop();
    expect(new Set(seen).size).toBe(seen.length);
    expect([...actors]).toEqual(['job:sweep']);
  });
});
