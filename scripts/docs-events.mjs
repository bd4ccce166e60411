// npm run docs:events [-- --check]   writes docs/events.md and docs/asyncapi.json from the catalogue in libs/contracts.
// With --golden first libs/contracts/golden: the schema of every event, and an example of those that have none yet. A test
// holds the code to them.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { asyncApiOf, eventsPageOf } from './lib/event-documents.mjs';
import { exampleOf } from './lib/event-examples.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { keepDocument } from './lib/keep-document.mjs';
import { root, selectWorkspaces } from './lib/repo.mjs';

const json = (value) => `${JSON.stringify(value, null, 2)}\n`;
const goldenStem = ({ type, version }) => `libs/contracts/golden/${type}.v${version}`;

function agreedExample(definition) {
  const file = path.join(root, `${goldenStem(definition)}.example.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

try {
  ensureInstalled();
  const { compileWorkspaces } = await import('./lib/compile.mjs');
  const { problems } = await compileWorkspaces(selectWorkspaces(['libs/contracts', 'libs/runtime']));
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const contracts = path.join(root, 'libs', 'contracts', 'dist', 'index.js');
  const { CATALOGUE, eventJsonSchemaOf } = await import(pathToFileURL(contracts).href);
  const events = CATALOGUE.map((definition) => {
    const schema = JSON.parse(JSON.stringify(eventJsonSchemaOf(definition)));
    return { definition, schema, example: agreedExample(definition) ?? exampleOf(definition, schema) };
  });
  const golden = process.argv.includes('--golden')
    ? events.flatMap(({ definition, schema, example }) => [
        [`${goldenStem(definition)}.schema.json`, json(schema)],
        [`${goldenStem(definition)}.example.json`, json(example)],
      ])
    : [];
  const documents = [
    ...golden,
    ['docs/events.md', eventsPageOf(events)],
    ['docs/asyncapi.json', json(asyncApiOf(events))],
  ];
  const current = documents.map(([file, content]) => keepDocument(file, content));
  process.exitCode = current.every(Boolean) ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
