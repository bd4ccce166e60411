import type { TestClient } from '@reseller/testing';
import { bodyOf } from './shop.js';

type Json = Readonly<Record<string, unknown>>;

export interface Operation {
  readonly method: string;
  /** `/orders/{id}` */
  readonly template: string;
  /** The service that answers. */
  readonly service: string;
  /** Whether the document lets callers in who have not signed in. */
  readonly isPublic: boolean;
  /** The schema of its JSON body, references resolved; undefined where it takes none. */
  readonly body: Json | undefined;
}

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const part = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (isJson(inner) ? inner[key] : undefined), value);

const isEmpty = (way: unknown): boolean => isJson(way) && Object.keys(way).length === 0;

/** Every operation that the platform documents. */
export async function documentedOperations(api: TestClient): Promise<Operation[]> {
  const document = bodyOf(await api.get<Json>('/openapi.json'), 200);
  return Object.entries(isJson(document['paths']) ? document['paths'] : {}).flatMap(([template, methods]) =>
    Object.entries(isJson(methods) ? methods : {}).map(([method, operation]) => {
      const security = part(operation, 'security');
      const tags = part(operation, 'tags');
      const schema = part(operation, 'requestBody', 'content', 'application/json', 'schema');
      return {
        method: method.toUpperCase(),
        template,
        service: Array.isArray(tags) ? String(tags[0]) : '',
        isPublic: Array.isArray(security) && (security.length === 0 || security.some(isEmpty)),
        body: isJson(schema) ? resolved(schema, document) : undefined,
      };
    }),
  );
}

function resolved(schema: Json, document: Json): Json {
  const reference = schema['$ref'];
  if (typeof reference !== 'string') return schema;
  const target = part(document, ...reference.replace('#/', '').split('/'));
  return isJson(target) ? target : {};
}

export const pathOf = ({ template }: Operation, parameter: string): string =>
  template.replaceAll(/\{\w+\}/g, parameter);

/** Something of the right type, at best: the hostile part is put into it. */
export function sampleOf(schema: unknown): unknown {
  if (!isJson(schema)) return 'text';
  if (schema['const'] !== undefined) return schema['const'];
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  const choice = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(choice)) return sampleOf(choice[0]);
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  switch (type) {
    case 'object':
      return Object.fromEntries(fieldsOf(schema).map(([name, field]) => [name, sampleOf(field)]));
    case 'array':
      return [sampleOf(schema['items'])];
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return true;
    default:
      return schema['format'] === 'uuid' ? '01990000-0000-7000-8000-000000000000' : 'text';
  }
}

export function fieldsOf(schema: Json): [string, unknown][] {
  const choice = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(choice) && isJson(choice[0])) return fieldsOf(choice[0]);
  const properties = schema['properties'];
  return isJson(properties) ? Object.entries(properties) : [];
}

export function requiredOf(schema: Json): readonly unknown[] {
  const choice = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(choice) && isJson(choice[0])) return requiredOf(choice[0]);
  return Array.isArray(schema['required']) ? schema['required'] : [];
}
