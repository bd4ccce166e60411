// Documents that are made from code and lie in the repository.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './repo.mjs';

/**
 * Writes a document; with --check on the command line only compares.
 * @param {string} file relative to the repository
 * @returns {boolean} false when it was compared and differs
 */
export function keepDocument(file, content) {
  const full = path.join(root, file);
  const before = existsSync(full) ? readFileSync(full, 'utf8') : undefined;
  if (before === content) {
    console.log(`${file} is up to date`);
    return true;
  }
  if (process.argv.includes('--check')) {
    console.error(`${file} is not what the code makes: run npm run golden:update and look at the difference.`);
    return false;
  }
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, content);
  console.log(`${file} written`);
  return true;
}
