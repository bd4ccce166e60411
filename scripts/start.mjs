// npm start   everything that the platform needs, on this machine: installs, builds, provides database and broker,
// migrates, seeds, starts, and says where things are. Ctrl-C stops all that it started and nothing else.
import { checkNode, ensureInstalled } from './lib/install.mjs';

try {
  checkNode();
  ensureInstalled();
  const { runPlatform } = await import('./lib/run-platform.mjs');
  await runPlatform();
} catch (error) {
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}
