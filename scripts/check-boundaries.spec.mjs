// Each boundary rule must bite: this plants one violation of each in an imitation of the repository, beside files that are fine.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cruise } from 'dependency-cruiser';
import { boundaryRules } from './lib/boundary-rules.mjs';

const order = 'services/order-service/src';

/** [the rule, the file that breaks it, what it holds] */
const violations = [
  ['no-cycles', `${order}/carts/one.ts`, `import './other.js';`],
  ['domain-is-pure', `${order}/orders/order.ts`, `import { Injectable } from '@nestjs/common';`],
  ['domain-is-pure', `${order}/replies/reply.ts`, `import type { Database } from '@reseller/persistence';`],
  ['domain-is-pure', `${order}/parcels/parcel.ts`, `import { PrismaClient } from '../generated/prisma/client.js';`],
  ['domain-is-pure', `${order}/orders/order-status.ts`, `import './order.repository.js';`],
  ['domain-uses-no-node', `${order}/dishes/dish.ts`, `import { readFileSync } from 'fs';`],
  ['unit-tested-is-plain', `${order}/orders/totals.ts`, `import { Injectable } from '@nestjs/common';`],
  ['edges-leave-the-database-alone', `${order}/orders/orders.controller.ts`, `import '../generated/prisma/client.js';`],
  [
    'edges-leave-the-database-alone',
    `${order}/orders/orders.consumer.ts`,
    `import type { Prisma } from '@prisma/client';`,
  ],
  ['edges-do-not-call-each-other', `${order}/carts/carts.controller.ts`, `import '../orders/orders.consumer.js';`],
  ['generated-client-stays-inside', `${order}/orders/place-order.ts`, `import '../generated/prisma/client.js';`],
  [
    'edges-leave-the-database-alone',
    `${order}/parcels/parcels.controller.ts`,
    `import type { A } from '../generated/prisma/client.js';`,
  ],
  ['no-service-imports-another', `${order}/orders/borrowed.ts`, `import '../../../auth-service/src/main.js';`],
  ['no-service-imports-another', `${order}/orders/by-name.ts`, `import '@reseller/auth-service';`],
  ['gateway-and-services-are-apart', `gateway/src/proxy.ts`, `import '../../services/auth-service/src/main.js';`],
  ['gateway-and-services-are-apart', `${order}/orders/upwards.ts`, `import '../../../../gateway/src/routes.js';`],
  ['libs-know-no-service', `libs/http/src/index.ts`, `import '../../../services/auth-service/src/main.js';`],
  ['libs-are-entered-by-their-index', `${order}/orders/inside.ts`, `import '../../../../libs/runtime/src/ids.js';`],
  ['libs-are-entered-by-their-index', `libs/messaging/src/index.ts`, `import '../../runtime/src/ids.js';`],
  ['no-barrels-in-services', `${order}/orders/lazy.ts`, `import '../carts/index.js';`],
  ['contracts-depend-on-little', `libs/contracts/src/index.ts`, `import '@nestjs/common';`],
  ['money-depends-on-nothing', `libs/money/src/index.ts`, `import 'zod';`],
  ['tests-stay-out-of-production', `${order}/orders/ship-order.ts`, `import { eventually } from '@reseller/testing';`],
];

const fine = {
  [`${order}/carts/other.ts`]: `import './one.js';`,
  [`${order}/orders/order.repository.ts`]: `import '../generated/prisma/client.js';`,
  [`${order}/orders/orders.queries.ts`]: `import '../generated/prisma/client.js';`,
  [`${order}/order-service.module.ts`]: `import './orders/cancel-order.js'; import './generated/prisma/client.js';`,
  [`${order}/orders/cancel-order.ts`]: `import '@nestjs/common'; import './order.repository.js'; import '@reseller/money';`,
  [`${order}/orders/change-order-status.ts`]: `import '@nestjs/common'; import type { A } from '../generated/prisma/client.js';`,
  [`${order}/orders/refund.ts`]: `import '@reseller/money'; import 'zod';`,
  [`${order}/orders/refund.unit.spec.ts`]: `import 'fast-check'; import './refund.js';`,
  [`${order}/generated/prisma/client.ts`]: `export const PrismaClient = 1;`,
  [`${order}/carts/index.ts`]: `export {};`,
  [`${order}/orders/totals.unit.spec.ts`]: `import './totals.js';`,
  'services/auth-service/src/main.ts': `export {};`,
  'gateway/src/routes.ts': `export {};`,
  'libs/runtime/src/ids.ts': `export {};`,
  'libs/runtime/src/index.ts': `export * from './ids.js';`,
};

describe('the boundary rules', () => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'boundaries-'));
  let found = [];

  beforeAll(async () => {
    const planted = Object.fromEntries(violations.map(([, file, content]) => [file, content]));
    for (const [file, content] of Object.entries({ ...fine, ...planted })) {
      mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
      writeFileSync(path.join(root, file), `${content}\n`);
    }
    const { forbidden, options } = boundaryRules(root);
    const { output } = await cruise(
      ['libs', 'services', 'gateway'],
      { ...options, baseDir: root, validate: true, ruleSet: { forbidden } },
      options.enhancedResolveOptions,
    );
    found = output.summary.violations.map(({ rule, from, to }) => ({
      rule: rule.name,
      from,
      to,
      severity: rule.severity,
    }));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it.each(violations)('%s: %s', (rule, file) => {
    expect(found).toContainEqual(expect.objectContaining({ rule, from: file, severity: 'error' }));
  });

  it('are each proved here', () => {
    const proved = new Set(violations.map(([rule]) => rule));
    expect(boundaryRules(root).forbidden.filter(({ name }) => !proved.has(name))).toEqual([]);
  });

  it('leave alone what follows them', () => {
    expect(found.filter(({ from }) => from in fine)).toEqual([]);
  });
});
