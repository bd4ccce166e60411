import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { documentProblems, PROBLEM_SCHEMA } from './openapi-problems.js';

/** `public`: anonymous callers may use it; `open`: tokens play no part in it. */
export const ACCESS_EXTENSION = 'x-access';
/** The roles of which a caller needs one. */
export const ROLES_EXTENSION = 'x-roles';

type Json = Readonly<Record<string, unknown>>;

const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete']);
/** Their patterns are longer than the rest of the document and say no more than the format. */
const TELLING_FORMATS = new Set(['uuid', 'date-time', 'date', 'email', 'uri']);

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** OpenAPI 3.1 of one service, from the same schemas that validate. `/internal/*` is left out: nobody outside calls it. */
export function buildOpenApi(app: INestApplication, service: { title: string; description: string }): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(service.title)
    .setDescription(service.description)
    .setVersion('1')
    .addBearerAuth(undefined, 'bearer')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  const paths = Object.entries(document.paths)
    .filter(([path]) => !path.startsWith('/internal'))
    .map(([path, operations]): [string, Json] => [path, mapOperations(operations, path)]);
  const schemas = { ...document.components?.schemas, Problem: PROBLEM_SCHEMA };
  const whole = {
    ...document,
    paths: Object.fromEntries<Json>(paths),
    components: { ...document.components, schemas },
  };
  // Only keywords were dropped from what Swagger made.
  return withoutNoise(whole) as OpenAPIObject;
}

function mapOperations(operations: object, path: string): Json {
  return Object.fromEntries(
    Object.entries(operations).map(([key, operation]) =>
      METHODS.has(key) && isObject(operation) ? [key, complete(operation, key, path)] : [key, operation],
    ),
  );
}

/** Who may call, and the problems that a caller has to expect. */
function complete(operation: Json, method: string, path: string): Json {
  const { [ACCESS_EXTENSION]: access, [ROLES_EXTENSION]: roles, ...rest } = operation;
  const described = Array.isArray(roles) ? { description: `Needs the role ${roles.join(' or ')}.` } : {};
  return {
    ...described,
    ...rest,
    ...(Array.isArray(rest['parameters'])
      ? { parameters: rest['parameters'].map((parameter) => describePathParameter(parameter, path)) }
      : {}),
    security: access === 'open' ? [] : access === 'public' ? [{ bearer: [] }, {}] : [{ bearer: [] }],
    responses: {
      ...(isObject(rest['responses']) ? rest['responses'] : {}),
      ...documentProblems({
        takesInput: rest['parameters'] !== undefined || rest['requestBody'] !== undefined,
        namesOne: path.includes('{'),
        changes: method !== 'get',
        access: access === 'open' || access === 'public' ? access : 'signed-in',
      }),
    },
  };
}

/** What its schema says (Swagger has put it there); else the id of what the path names before it: `/tax-rates/{id}`, or that its own name says. */
function describePathParameter(parameter: unknown, path: string): unknown {
  if (!isObject(parameter) || parameter['in'] !== 'path' || parameter['description'] !== undefined) return parameter;
  const { name } = parameter;
  const segments = path.split('/');
  const collection = segments[segments.indexOf(`{${String(name)}}`) - 1] ?? '';
  return {
    ...parameter,
    description: `Id of the ${name === 'id' ? singular(collection) : String(name).replace(/Id$/, '')}`,
  };
}

/** Of `tax-rates`, `addresses` or `categories`. */
function singular(plural: string): string {
  const words = plural.replaceAll('-', ' ');
  if (words.endsWith('sses')) return words.slice(0, -2);
  return words.replace(/ies$/, 'y').replace(/s$/, '');
}

function withoutNoise(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNoise);
  if (!isObject(value)) return value;
  const formatTells = typeof value['format'] === 'string' && TELLING_FORMATS.has(value['format']);
  const kept = Object.entries(value).filter(
    ([key, item]) =>
      !(key === 'pattern' && formatTells) &&
      !(key === 'minimum' && item === Number.MIN_SAFE_INTEGER) &&
      !(key === 'maximum' && item === Number.MAX_SAFE_INTEGER),
  );
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutNoise(item)]));
}
