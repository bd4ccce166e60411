// Compiles workspaces' src to dist. Incremental: a source is compiled again when its time or size differs from what
// dist/.build.json recorded. Outputs are written beside their place and renamed, so that a process starting meanwhile,
// or a second build, never reads half a file.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { transform, version as swcVersion } from '@swc/core';
import { root } from './repo.mjs';
import { swcOptions } from './swc-options.mjs';

const optionsHash = createHash('sha256')
  .update(JSON.stringify([swcVersion, swcOptions]))
  .digest('hex');

/**
 * @param {{ dir: string }[]} chosen workspaces
 * @returns {Promise<{ compiled: number, removed: number, kept: number, problems: string[] }>}
 */
export async function compileWorkspaces(chosen) {
  const total = { compiled: 0, removed: 0, kept: 0, problems: [] };
  await Promise.all(
    chosen.map(async (workspace) => {
      const one = await compileWorkspace(path.join(root, workspace.dir));
      total.compiled += one.compiled;
      total.removed += one.removed;
      total.kept += one.kept;
      total.problems.push(...one.problems);
    }),
  );
  return total;
}

async function compileWorkspace(dir) {
  const result = { compiled: 0, removed: 0, kept: 0, problems: [] };
  const src = path.join(dir, 'src');
  const dist = path.join(dir, 'dist');
  if (!existsSync(src)) return result;
  const recordFile = path.join(dist, '.build.json');
  const before = readRecord(recordFile);
  const after = {};
  const expected = new Set(['.build.json']);

  const sources = (await filesUnder(src)).filter((file) => !/\.(spec|test)\.ts$|\.d\.ts$/.test(file));
  await Promise.all(
    sources.map(async (file) => {
      const output = file.replace(/\.ts$/, '.js');
      expected.add(output);
      if (output !== file) expected.add(`${output}.map`);
      const { mtimeMs, size } = await stat(path.join(src, file));
      const stamp = `${mtimeMs}:${size}`;
      if (before[file] === stamp && existsSync(path.join(dist, output))) {
        after[file] = stamp;
        result.kept += 1;
        return;
      }
      try {
        await produce(src, dist, file, output);
        after[file] = stamp;
        result.compiled += 1;
      } catch (error) {
        result.problems.push(`${path.relative(root, path.join(src, file))}: ${error.message}`);
      }
    }),
  );

  for (const file of existsSync(dist) ? await filesUnder(dist) : []) {
    if (expected.has(file) || file.endsWith('.partial')) continue;
    await rm(path.join(dist, file), { force: true });
    result.removed += 1;
  }
  if (result.compiled + result.removed > 0)
    await writeInPlace(recordFile, JSON.stringify({ options: optionsHash, files: after }));
  return result;
}

/** Compiles a .ts file; anything else in src (a page, a template) is copied as it is. */
async function produce(src, dist, file, output) {
  const from = path.join(src, file);
  const to = path.join(dist, output);
  await mkdir(path.dirname(to), { recursive: true });
  if (output === file) return writeInPlace(to, await readFile(from));
  const compiled = await transform(await readFile(from, 'utf8'), {
    ...swcOptions,
    filename: from,
    sourceFileName: path.relative(path.dirname(to), from).split(path.sep).join('/'),
  });
  await writeInPlace(`${to}.map`, compiled.map ?? '');
  return writeInPlace(to, `${compiled.code}\n//# sourceMappingURL=${path.basename(output)}.map\n`);
}

async function writeInPlace(file, content) {
  await mkdir(path.dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}.partial`;
  await writeFile(partial, content);
  await rename(partial, file);
}

/** What the last build did; nothing when there was none or when it compiled with other options. */
function readRecord(file) {
  try {
    const record = JSON.parse(readFileSync(file, 'utf8'));
    return record.options === optionsHash ? record.files : {};
  } catch {
    return {};
  }
}

async function filesUnder(dir) {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
}
