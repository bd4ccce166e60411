import type { FastifyInstance } from 'fastify';
import { FAULT_KINDS, type FaultRequest, type Faults } from './faults.js';

const FAULT_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['route', 'times', 'kind'],
  properties: {
    route: { type: 'string', maxLength: 100 },
    times: { type: 'integer', minimum: 1, maximum: 1_000_000 },
    kind: { enum: FAULT_KINDS },
    delayMs: { type: 'integer', minimum: 0, maximum: 600_000 },
  },
};

export function faultsRoutes(app: FastifyInstance, faults: Faults): void {
  app.post<{ Body: FaultRequest }>('/sandbox/faults', { schema: { body: FAULT_SCHEMA } }, ({ body }, reply) =>
    reply.code(201).send(faults.add(body)),
  );

  app.delete('/sandbox/faults', (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });
}
