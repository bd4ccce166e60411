import { fieldsOf, requiredOf, sampleOf, type Operation } from './operations.js';

export interface HostileBody {
  readonly what: string;
  /** As it goes over the wire. */
  readonly body: string;
  readonly contentType?: string;
}

const MEGABYTE = 1_048_576;

/** Bodies that no endpoint may accept, made from what this one says that it takes. */
export function hostileBodies({ body: schema }: Operation): HostileBody[] {
  if (schema === undefined) return [];
  const sample = sampleOf(schema);
  const base = typeof sample === 'object' && sample !== null ? { ...sample } : {};
  const fields = fieldsOf(schema).map(([name]) => name);
  const withField = (what: string, name: string, value: unknown): HostileBody => ({
    what: `${name}: ${what}`,
    body: JSON.stringify({ ...base, [name]: value }),
  });
  const [first = 'field'] = fields;
  const missing = requiredOf(schema).length === 0 ? [] : [{ what: 'an empty object', body: '{}' }];
  return [
    ...missing,
    { what: 'JSON that ends too early', body: '{"a": [1, 2' },
    { what: 'no JSON at all', body: 'Robert"); drop table students; --' },
    { what: 'a list', body: '[1, 2, 3]' },
    { what: 'a number', body: '7' },
    { what: 'a text', body: '"text"' },
    { what: 'a prototype', body: '{"__proto__": {"isAdmin": true}, "constructor": {"prototype": {"isAdmin": true}}}' },
    { what: 'ten thousand levels', body: `${'['.repeat(10_000)}${']'.repeat(10_000)}` },
    { what: 'a form', body: 'a=1&b=2', contentType: 'application/x-www-form-urlencoded' },
    { what: 'a number beyond numbers', body: `{"${first}": 1e999}` },
    { what: 'the same field twice', body: `{"${first}": 1, "${first}": {"$ne": null}}` },
    withField('a field that it does not know', 'isAdmin__', true),
    withField('a megabyte', first, 'x'.repeat(MEGABYTE)),
    ...fields.flatMap((name) => [
      withField('an operator', name, { $gt: '' }),
      withField('a list of lists', name, [[[]]]),
      withField('a huge number', name, 1e300),
      withField('a negative number', name, -1e15),
      withField('NUL', name, `a\u0000b`),
      withField('half a character', name, '\ud800'),
    ]),
  ];
}

/** What may stand where an id is expected; none of it is one. */
export const HOSTILE_PARAMETERS = [
  "1'%20or%20'1'%3D'1",
  '%27%3B%20drop%20table%20orders%3B%20--',
  '%00',
  'a%00b',
  '%ED%A0%80',
  '%F0%9F%92%A9',
  '%E2%80%AE',
  '-1',
  '0',
  '99999999999999999999999',
  'null',
  'undefined',
  '%7B%7B7*7%7D%7D',
  '..%2f..%2finternal',
  '%2e%2e%2finternal',
  'x'.repeat(190),
  'x'.repeat(4_000),
  '%',
  '%zz',
];

export const HOSTILE_QUERIES = [
  'skip=-1',
  'take=1e9',
  'take=101&skip=99999999999999999999',
  'page=0&limit=0',
  'sort=password_hash',
  'sort=createdAt;drop%20table%20orders',
  'status=%27%20or%201%3D1--',
  'userId=%00',
  'cursor=%27%3B--',
  'cursor=eyJpZCI6MX0',
  'q=%27%20or%201%3D1%20--',
  'q=%00',
  `q=${'%25'.repeat(500)}`,
  'q=a%26%26%7C%3A*%21(((',
  'from=yesterday&to=tomorrow',
  'from=2026-01-01T00:00:00.000Z&from=2027-01-01T00:00:00.000Z',
  'a[b][c]=1&__proto__[isAdmin]=true',
];
