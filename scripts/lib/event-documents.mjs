// The documents that are made from the event catalogue: a page for people, AsyncAPI 3 for programs.

const PURCHASE = `sequenceDiagram
  participant C as client
  participant O as order
  participant P as product
  participant R as pricing
  participant Y as payment
  participant W as wallet
  C->>O: POST /orders
  O->>R: quote (HTTP)
  O->>P: reserve stock (HTTP, idempotent by order)
  O-->>C: 201 PENDING, pay within 15 min
  Note over O: ORDER_CREATED → notification
  C->>Y: POST /payments/razorpay/create-order
  Y->>O: what is owed? (HTTP)
  Note over C,Y: customer pays at Razorpay
  Y--)O: PAYMENT_SUCCESS (webhook or verify, whichever first)
  Y--)W: PAYMENT_SUCCESS → COMMISSION_LOCKED
  O--)P: ORDER_PAID → reservation becomes sale
  O--)W: ORDER_DELIVERED → COMMISSION_UNLOCKED`;

const anchor = (type) => type.toLowerCase();
const cell = (text) => text.replaceAll('|', '\\|');

/** @param {{ definition: object, schema: object, example: object }[]} events */
export function eventsPageOf(events) {
  const rows = events.map(
    ({ definition: { type, from, aggregate, heardBy, says } }) =>
      `| [\`${type}\`](#${anchor(type)}) | ${from} | ${aggregate} | ${heardBy.join(', ') || 'nobody'} | ${cell(says)} |`,
  );
  return `# Events

Made from \`libs/contracts\` by \`npm run docs:events\`; do not edit. The same for programs: [asyncapi.json](asyncapi.json).
How an event is delivered, and what a handler may rely on: [libs/messaging](../libs/messaging/README.md).

## A purchase

\`\`\`mermaid
${PURCHASE}
\`\`\`

## Catalogue

| event | from | aggregate | heard by | says |
|---|---|---|---|---|
${rows.join('\n')}

## Envelope

Every event is \`{ id, type, version, occurredAt, aggregateId, aggregateVersion, businessId, actor, traceparent, data }\`.
\`id\` is a UUIDv7, the same however often the event is delivered. \`aggregateVersion\` grows with every change of the
aggregate. \`actor\` is a user id, \`service:<name>\`, \`job:<name>\` or null. Amounts are integer paise. Adding an optional
field keeps the version; anything else is a new version.

## Payloads
${events.map(payloadOf).join('')}`;
}

function payloadOf({ definition, schema, example }) {
  const data = schema.properties.data;
  const rows = fieldsOf(data).map(
    ({ name, type, required }) => `| \`${name}\` | ${cell(type)} | ${required ? 'yes' : 'no'} |`,
  );
  return `
### ${definition.type}

${definition.says} Version ${definition.version}, of a ${definition.aggregate}, from ${definition.from}.

| field | type | required |
|---|---|---|
${rows.join('\n')}

<details><summary>Example</summary>

\`\`\`json
${JSON.stringify(example, null, 2)}
\`\`\`

</details>
`;
}

/** One row per leaf, nested names with dots, lists with []. */
function fieldsOf(schema, prefix = '', isRequired = true) {
  if (schema.type === 'object' && schema.properties !== undefined)
    return Object.entries(schema.properties).flatMap(([name, property]) =>
      fieldsOf(property, prefix === '' ? name : `${prefix}.${name}`, (schema.required ?? []).includes(name)),
    );
  if (schema.type === 'array' && schema.items?.properties !== undefined)
    return fieldsOf(schema.items, `${prefix}[]`, isRequired);
  return [{ name: prefix, type: typeOf(schema), required: isRequired }];
}

function typeOf(schema) {
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(' | ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' | ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items)}`;
  const types = [schema.type ?? 'anything'].flat().map((type) => (type === 'string' ? (schema.format ?? type) : type));
  return types.join(' | ');
}

/** AsyncAPI 3: one channel per event on the exchange, a send by its owner and a receive by each that hears it. */
export function asyncApiOf(events) {
  const entries = (make) => Object.fromEntries(events.flatMap(make));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Reseller commerce platform: events',
      version: '1',
      description: 'At least once, any order on receipt; the topic exchange domain-events, routing key = type.',
    },
    defaultContentType: 'application/json',
    servers: { rabbitmq: { host: 'localhost:5672', protocol: 'amqp' } },
    channels: entries(({ definition: { type } }) => [
      [
        type,
        {
          address: type,
          messages: { [type]: { $ref: `#/components/messages/${type}` } },
          bindings: {
            amqp: {
              is: 'routingKey',
              exchange: { name: 'domain-events', type: 'topic', durable: true, autoDelete: false },
            },
          },
        },
      ],
    ]),
    operations: entries(({ definition: { type, from, heardBy } }) => [
      [`${from}.send.${type}`, { action: 'send', channel: { $ref: `#/channels/${type}` }, tags: [{ name: from }] }],
      ...heardBy.map((service) => [
        `${service}.receive.${type}`,
        { action: 'receive', channel: { $ref: `#/channels/${type}` }, tags: [{ name: service }] },
      ]),
    ]),
    components: {
      messages: entries(({ definition: { type, version, says }, schema: { $schema: _, ...payload }, example }) => [
        [type, { name: type, title: `${type} v${version}`, summary: says, payload, examples: [{ payload: example }] }],
      ]),
    },
  };
}
