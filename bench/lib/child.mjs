import { fork } from 'node:child_process';
import { once } from 'node:events';

/** A helper process that answers one plan at a time. */
export class Child {
  constructor(script) {
    this.process = fork(script, { execArgv: [], env: { ...process.env, NODE_OPTIONS: '' } });
  }

  get watched() {
    return { name: 'load generator', pid: this.process.pid };
  }

  async run(plan) {
    this.process.send(plan);
    const ended = new AbortController();
    const exit = once(this.process, 'exit', { signal: ended.signal }).then(([code]) => {
      throw new Error(`the load generator ended with exit code ${code}`);
    });
    exit.catch(() => {});
    const [result] = await Promise.race([once(this.process, 'message'), exit]);
    ended.abort();
    return result;
  }

  stop() {
    if (this.process.connected) this.process.disconnect();
  }
}
