import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Failpoint } from '../../src/failpoint.js';
import { TEST_CATALOGUE } from './test-events.js';
import type { World } from './world.js';

export interface FaultProcess {
  /** The signal that ended it, or its exit code. */
  readonly exited: Promise<string | number | null>;
}

/** A relay of order or a consumer of wallet in a process of its own, which dies at `failpoint`. */
export function startFaultProcess(world: World, role: 'relay' | 'consumer', failpoint: Failpoint): FaultProcess {
  const script = fileURLToPath(new URL('fault-process.mjs', import.meta.url));
  const child = spawn(process.execPath, [script], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      ...world.broker.env,
      ROLE: role,
      FAILPOINT: failpoint,
      DATABASE_URL: role === 'relay' ? world.producerUrl : world.consumerUrl,
      CATALOGUE: JSON.stringify(TEST_CATALOGUE.map(({ schema: _, ...definition }) => definition)),
    },
  });
  const exited = new Promise<string | number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal ?? code));
  });
  world.onDestroy(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return { exited };
}
