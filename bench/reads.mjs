// Catalogue reads and link opens with autocannon, in a process of its own. One plan in, one result out.
import autocannon from 'autocannon';
import { percentiles } from './lib/percentiles.mjs';

function fire({ url, connections, seconds, requests }) {
  return new Promise((resolve, reject) => {
    const durations = [];
    const run = autocannon({ url, connections, duration: seconds, requests }, (error, result) => {
      if (error) return reject(error);
      const { '2xx': ok, non2xx, errors, duration } = result;
      resolve({ requests: ok, refused: non2xx + errors, perSecond: ok / duration, ...percentiles(durations) });
    });
    run.on('response', (_client, _status, _bytes, ms) => durations.push(ms));
  });
}

process.on('message', async (plan) => process.send(await fire(plan)));
process.on('disconnect', () => process.exit(0));
