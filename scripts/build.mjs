// npm run build [-- workspace…]   compiles every workspace, or those named ('libs/http', 'order', '@reseller/http'), to dist.
import { ensureInstalled } from './lib/install.mjs';
import { selectWorkspaces } from './lib/repo.mjs';

const startedAt = performance.now();
try {
  const chosen = selectWorkspaces(process.argv.slice(2));
  ensureInstalled();
  const { compileWorkspaces } = await import('./lib/compile.mjs');
  const { compiled, removed, kept, problems } = await compileWorkspaces(chosen);
  for (const problem of problems) console.error(problem);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `Built ${chosen.length} workspaces in ${seconds} s: ${compiled} compiled, ${kept} unchanged, ${removed} removed.`,
  );
  process.exitCode = problems.length === 0 ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
