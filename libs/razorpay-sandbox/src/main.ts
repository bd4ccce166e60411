import { readConfig } from './config.js';
import { createSandbox } from './sandbox.js';

try {
  const sandbox = createSandbox(readConfig(process.env));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      sandbox.app.log.info({ signal }, 'stopping');
      void sandbox.close();
    });
  }
  if (process.env['STOP_WITH_PARENT'] === '1') process.once('disconnect', () => void sandbox.close());
  await sandbox.listen();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
