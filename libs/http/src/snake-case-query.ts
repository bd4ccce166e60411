import { z } from 'zod';

/** Whose values are names of fields as well. */
const NAMING = ['sort', 'sortBy'];

const camelCase = (name: string): string => name.replace(/_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());

/**
 * The schema of a query string whose names are read in snake_case too, as seed 000 writes them: `business_id`, and
 * `sort_by=total_spent`. Documented under our names alone. Sent under both, a name is unknown under the other, hence a 400.
 */
export function snakeCaseToo<Schema extends z.ZodObject>(schema: Schema) {
  return z.preprocess((query) => {
    if (typeof query !== 'object' || query === null) return query;
    return Object.fromEntries(
      Object.entries(query).map(([sent, value]: [string, unknown]) => {
        const name = camelCase(sent);
        const read = NAMING.includes(name) && typeof value === 'string' ? camelCase(value) : value;
        return [Object.hasOwn(schema.shape, name) && !Object.hasOwn(query, name) ? name : sent, read];
      }),
    );
  }, schema);
}
