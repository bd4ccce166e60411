import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CATALOGUE } from './catalogue.js';
import { eventJsonSchemaOf, eventSchemaOf } from './event-schema.js';

const golden = new URL('../golden/', import.meta.url);
const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, golden), 'utf8'));
const events = CATALOGUE.map((definition) => ({ name: `${definition.type}.v${definition.version}`, definition }));

describe('golden event contracts', () => {
  it.each(events)('$name has the schema that was agreed', ({ name, definition }) => {
    expect(JSON.parse(JSON.stringify(eventJsonSchemaOf(definition)))).toEqual(read(`${name}.schema.json`));
  });

  // The example is what others already send: once written it is not written again, so a breaking change fails here. A
  // field that was added since may be filled in.
  it.each(events)('$name still takes the example that was agreed', ({ name, definition }) => {
    const example = read(`${name}.example.json`);
    expect(eventSchemaOf(definition).parse(example)).toMatchObject(example as object);
  });

  it('forgets no event that was agreed', () => {
    const agreed = readdirSync(golden).toSorted();
    expect(agreed).toEqual(events.flatMap(({ name }) => [`${name}.example.json`, `${name}.schema.json`]).toSorted());
  });
});
