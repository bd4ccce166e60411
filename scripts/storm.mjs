// npm run storm -- [--seconds 180] [--seed N]   buyers, double clicks, cancellations, refunds and late, doubled, shuffled webhooks
// on a platform of its own, whose processes are killed meanwhile; then everything must agree. Exit code 0 only if it does.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { checkNode, ensureInstalled } from './lib/install.mjs';

const print = (line) => console.log(line);
const log = (line) => print(`  ${line}`);
const options = { seconds: { type: 'string', default: '180' }, seed: { type: 'string' } };

/** @throws {Error} one sentence for what is no whole number from 1 on */
function wholeNumber(name, text) {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`--${name} is ${text}, but must be a whole number from 1 to 999999999.`);
}

let leave = async () => {};
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void leave().finally(() => process.exit(130)));

try {
  const { values } = parseArgs({ options });
  const seconds = wholeNumber('seconds', values.seconds);
  const seed = wholeNumber('seed', values.seed ?? String(randomInt(1, 1_000_000)));
  checkNode();
  ensureInstalled();
  const { lookAtAftermath, rage, startStormPlatform, useOwnPlace } = await import('./lib/storm/storm.mjs');
  const place = useOwnPlace();
  print(`Storm of ${seconds} s, --seed ${seed}`);
  const { platform, crashes } = await startStormPlatform(log);
  leave = () => place.leave(platform, log);
  log('It begins …');
  const storm = await rage(platform, { seed, seconds });
  log('It is over.');
  const { broken, orders, rules } = await lookAtAftermath({ place, platform, crashes, storm, log });
  storm.calls.report(print);
  for (const what of broken) print(`BROKEN  ${what}`);
  const isGood = broken.length === 0 && storm.calls.complaints.length === 0;
  print(
    isGood
      ? `\nSeed ${seed}: ${orders} orders, ${storm.killed} processes killed, all ${rules} rules hold.`
      : `\nSeed ${seed}: ${broken.length} things broken and ${storm.calls.complaints.length} complaints over ${orders} orders.`,
  );
  process.exitCode = isGood ? 0 : 1;
} catch (error) {
  console.error(`\n${error.message}`);
  process.exitCode = 1;
} finally {
  await leave();
}
process.exit();
