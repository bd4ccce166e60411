// Kills processes of the platform, one at a time, and waits until they are back before it looks for the next.
import { setTimeout as sleep } from 'node:timers/promises';

/** It starts again by itself, each time a little later. */
const BACK_MS = 60_000;
const LOOK_MS = 100;

/** The sandbox keeps everything in memory: Razorpay itself does not forget. */
const SPARED = new Set(['razorpay-sandbox']);

export class Killer {
  constructor({ calls, random, processes }) {
    Object.assign(this, { calls, random });
    this.victims = processes.filter(({ name }) => !SPARED.has(name));
    this.killed = 0;
  }

  async once() {
    await sleep(this.random.between(1_500, 5_000));
    const victim = this.random.pick(this.victims);
    this.calls.isDown(victim.name);
    this.killed += 1;
    victim.kill('SIGKILL');
    this.calls.did(`killed ${victim.name}`);
    // It is the new process that is to be asked, not the old one's last moment.
    await sleep(300);
    if (!(await isBack(victim))) this.calls.complain(`${victim.name} was not back after ${BACK_MS / 1_000} s`);
    this.calls.isBack(victim.name);
  }
}

async function isBack({ healthUrl }) {
  const deadline = Date.now() + BACK_MS;
  while (Date.now() < deadline) {
    const isReady = await fetch(healthUrl, { signal: AbortSignal.timeout(3_000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return true;
    await sleep(LOOK_MS);
  }
  return false;
}
