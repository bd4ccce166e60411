// npm run demo   the whole story over HTTP: a reseller shares a product, a customer buys it, the commission becomes money.
// Uses the platform that runs on this machine, or starts one for the occasion. Exit code 0 only if every figure is right.
import { checkNode, ensureInstalled } from './lib/install.mjs';

let platform;
try {
  checkNode();
  ensureInstalled();
  const { readSettings } = await import('./lib/platform-settings.mjs');
  const { gatewayUrl, sandboxPort } = readSettings();
  if (!(await answers(gatewayUrl))) {
    console.log(`No platform answers at ${gatewayUrl}: starting one for this demo.`);
    const { buildAll, startPlatform } = await import('./lib/platform.mjs');
    const { seed } = await import('./lib/seed.mjs');
    await buildAll();
    platform = await startPlatform({ log: (line) => console.log(`  ${line}`) });
    await seed(platform);
  }
  const { tellTheStory } = await import('./lib/demo-story.mjs');
  const wrong = await tellTheStory({ gatewayUrl, sandboxUrl: `http://localhost:${sandboxPort}` });
  console.log(
    wrong.length === 0
      ? '\nEvery figure is what it must be.'
      : `\n${wrong.length} figures are wrong: ${wrong.join('; ')}.`,
  );
  process.exitCode = wrong.length === 0 ? 0 : 1;
} catch (error) {
  console.error(`\n${error.message}`);
  process.exitCode = 1;
} finally {
  await platform?.stop();
}

async function answers(url) {
  try {
    const response = await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(2_000) });
    const { service } = await response.json();
    return service === 'gateway';
  } catch {
    return false;
  }
}
