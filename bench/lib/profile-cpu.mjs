// Preloaded into every process of the platform with BENCH_PROFILE: Node takes --cpu-prof only on a command line.
import { mkdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import path from 'node:path';

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.start');
process.once('exit', () => {
  session.post('Profiler.stop', (error, answer) => {
    if (error) return;
    const folder = process.env.BENCH_PROFILE;
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, `${path.basename(process.cwd())}.cpuprofile`), JSON.stringify(answer.profile));
  });
});
