/** As much of OpenAPI 3.1 as merging needs. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
}

/** A name for a service's schema where another service has a different one of the same name. */
const qualified = (service: string, name: string): string =>
  `${service.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())}${name}`;

const REFERENCE = '#/components/schemas/';

/** Copies a document's part with its schema references renamed. */
function withNames(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => withNames(item, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (key === '$ref' && typeof item === 'string' && item.startsWith(REFERENCE)) {
        const name = item.slice(REFERENCE.length);
        return [key, `${REFERENCE}${names.get(name) ?? name}`];
      }
      return [key, withNames(item, names)];
    }),
  );
}

/**
 * New names for those of a service's schemas that differ from what has their name already. A renamed one makes those
 * that refer to it differ as well, so this is repeated until nothing more changes.
 */
function clashingNames(
  service: string,
  own: Readonly<Record<string, unknown>>,
  taken: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (;;) {
    const clashing = Object.keys(own).filter(
      (name) =>
        !names.has(name) &&
        Object.hasOwn(taken, name) &&
        JSON.stringify(taken[name]) !== JSON.stringify(withNames(own[name], names)),
    );
    if (clashing.length === 0) return names;
    for (const name of clashing) names.set(name, qualified(service, name));
  }
}

/**
 * One document for the platform from those of the services. Each operation is tagged with its service; a schema whose
 * name another service uses differently gets the service's name in front.
 */
export function mergeOpenApi(documents: ReadonlyMap<string, OpenApiDocument>, serverUrl: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  const schemas: Record<string, unknown> = {};
  for (const [service, document] of documents) {
    const own = document.components?.schemas ?? {};
    const names = clashingNames(service, own, schemas);
    for (const [name, schema] of Object.entries(own)) schemas[names.get(name) ?? name] = withNames(schema, names);
    for (const [path, operations] of Object.entries(document.paths)) {
      const operationsHere = (paths[path] ??= {});
      for (const [method, operation] of Object.entries(operations)) {
        const renamed = withNames(operation, names);
        operationsHere[method] = typeof renamed === 'object' ? { ...renamed, tags: [service] } : renamed;
      }
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Reseller commerce platform',
      version: '1',
      description: 'Every path also answers under /api. Errors are RFC 9457 problem details with a stable code.',
    },
    servers: [{ url: serverUrl }],
    tags: [...documents.keys()].map((name) => ({ name })),
    paths: Object.fromEntries(Object.entries(paths).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    components: {
      schemas,
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}
