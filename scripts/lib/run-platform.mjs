// What `npm start` does once the dependencies are there: start, seed, tell, and wait for Ctrl-C.
import { buildAll, startPlatform, undoAll } from './platform.mjs';
import { screenOf } from './screen.mjs';
import { seed } from './seed.mjs';
import { onStopRequest } from './stop-requests.mjs';

export async function runPlatform() {
  const log = (line) => console.log(`  ${line}`);
  console.log('Building what changed …');
  await buildAll();
  const undo = [];
  let stopping;
  const stop = (reason) => {
    stopping ??= (async () => {
      console.log(`\nStopping (${reason}) …`);
      await undoAll(undo, log);
      console.log('Stopped.');
      process.exit(0);
    })();
    return stopping;
  };
  onStopRequest((reason) => void stop(reason));

  const platform = await startPlatform({ log, undo });
  try {
    const { created } = await seed(platform);
    log(created ? 'Seeded a small catalogue and the people below.' : 'Catalogue and people are as you left them.');
  } catch (error) {
    await platform.stop();
    throw new Error(`The platform runs, but could not be seeded: ${error.message}`, { cause: error });
  }
  console.log(screenOf(platform));
}
