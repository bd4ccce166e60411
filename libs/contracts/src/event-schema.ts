import { z } from 'zod';
import { envelopeSchema, type EventDefinition } from './envelope.js';

/** Their patterns are longer than the rest of a schema and say no more than the format. */
const TELLING_FORMATS = new Set(['uuid', 'date-time']);

/** The whole event, envelope and data, as a reader validates it. */
export function eventSchemaOf({ type, version, schema }: EventDefinition) {
  return z.object({
    ...envelopeSchema.shape,
    type: z.literal(type),
    version: z.literal(version),
    data: schema,
  });
}

/**
 * The JSON Schema (2020-12) of an event on the wire. Unknown fields are allowed, because adding one keeps the version.
 * Documents and golden files are made from it.
 */
export function eventJsonSchemaOf(definition: EventDefinition) {
  const made = z.toJSONSchema(eventSchemaOf(definition), {
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema.format !== undefined && TELLING_FORMATS.has(jsonSchema.format)) delete jsonSchema.pattern;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  const { $schema, ...rest } = made;
  return { $schema, title: `${definition.type} v${definition.version}`, description: definition.says, ...rest };
}
