import { readConfig } from './config.js';
import { createSandbox } from './sandbox.js';

try {
  const sandbox = createSandbox(readConfig(process.env));
  let stopping = false;
  const stop = async (reason: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    sandbox.app.log.info({ reason }, 'stopping');
    await sandbox.close();
    // The starter's message channel alone would keep the process alive.
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal));
  if (process.env['STOP_WITH_PARENT'] === '1') process.once('disconnect', () => void stop('the starter is gone'));
  await sandbox.listen();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
