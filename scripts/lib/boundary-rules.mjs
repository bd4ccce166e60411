// Who may import whom (docs/ARCHITECTURE.md), as rules for dependency-cruiser. scripts/check-boundaries.spec.mjs plants a
// violation of each: a rule that cannot bite protects nothing.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

const packages = (...names) => names.map((name) => `(^|node_modules/)${name}(/|$)`);
const nest = packages('@nestjs');
const prisma = [...packages('@prisma'), '/generated/prisma/'];
const spec = String.raw`\.spec\.ts$`;
const edge = String.raw`^(services|gateway)/.+\.(controller|consumer)\.ts$`;

/**
 * @param {string} root the repository, or a test's imitation of one
 * @returns {import('dependency-cruiser').IConfiguration}
 */
export function boundaryRules(root) {
  const files = serviceFiles(root);
  const domain = exactly(files.filter(isDomain));
  const specs = new Set(files.filter((file) => file.endsWith('.unit.spec.ts')));
  const unitTested = exactly(files.filter((file) => specs.has(file.replace(/\.ts$/, '.unit.spec.ts'))));
  return {
    forbidden: asErrors([
      {
        name: 'no-cycles',
        comment: 'Nest finds a class of a cycle undefined at boot; a reader finds no beginning.',
        from: { pathNot: '/generated/' },
        to: { circular: true },
      },
      {
        name: 'domain-is-pure',
        comment: 'Plain functions of state and time: no framework, database, network, file or clock.',
        from: { path: domain },
        to: {
          path: [
            ...nest,
            ...prisma,
            '^node:',
            String.raw`^(@reseller/|libs/)(persistence|http|messaging)(/|$)`,
            String.raw`\.(controller|consumer|repository|queries|client|schemas|module|config)\.ts$`,
          ],
        },
      },
      {
        name: 'domain-uses-no-node',
        comment: 'The same, where Node modules are imported without their prefix.',
        from: { path: domain },
        to: { dependencyTypes: ['core'] },
      },
      {
        name: 'unit-tested-is-plain',
        comment: 'What has a unit test beside it runs without Nest and without a database.',
        from: { path: unitTested },
        to: { path: [...nest, ...prisma] },
      },
      {
        name: 'edges-leave-the-database-alone',
        comment: 'A controller or consumer calls a use case or a query.',
        from: { path: edge },
        to: { path: prisma },
      },
      {
        name: 'edges-do-not-call-each-other',
        comment: 'What two edges share is a use case.',
        from: { path: edge },
        to: { path: edge },
      },
      {
        name: 'generated-client-stays-inside',
        comment:
          'Rows become domain objects in repositories and queries; wiring opens the client. A use case may name its type: it injects Database<PrismaClient>.',
        from: {
          path: '^services/[^/]+/src/',
          pathNot: [
            '/generated/',
            String.raw`\.(repository|queries|config|module|app)\.ts$`,
            String.raw`/(main|[a-z-]*(prisma|database))\.ts$`,
          ],
        },
        to: { path: '/generated/prisma/', dependencyTypesNot: ['type-only'] },
      },
      {
        name: 'no-service-imports-another',
        comment: 'Services talk by events and HTTP.',
        from: { path: '^services/([^/]+)/' },
        to: { path: ['^services/', String.raw`^@reseller/[a-z-]+-service`], pathNot: '^services/$1/' },
      },
      {
        name: 'gateway-and-services-are-apart',
        comment: 'They share libs, nothing else.',
        from: { path: '^(gateway|services)/' },
        to: { path: ['^(gateway|services)/', '^@reseller/(gateway|[a-z-]+-service)'], pathNot: '^$1/' },
      },
      {
        name: 'libs-know-no-service',
        from: { path: '^libs/' },
        to: { path: ['^(gateway|services)/', '^@reseller/(gateway|[a-z-]+-service)'] },
      },
      {
        name: 'libs-are-entered-by-their-index',
        comment: 'What a lib does not export it may change.',
        from: { path: '^(libs/[^/]+|services|gateway)/' },
        to: { path: '^libs/[^/]+/(src|dist)/', pathNot: [String.raw`^libs/[^/]+/src/(index|migrations)\.ts$`, '^$1/'] },
      },
      {
        name: 'no-barrels-in-services',
        comment: 'An import says which file it means.',
        from: {},
        to: { path: String.raw`^(services|gateway)/.*/index\.ts$`, pathNot: '/generated/' },
      },
      {
        name: 'contracts-depend-on-little',
        comment: 'Everything may depend on contracts because they depend on nearly nothing.',
        from: { path: '^libs/contracts/src/', pathNot: spec },
        to: { pathNot: ['^libs/(contracts|money|runtime)/', ...packages('zod', '@reseller/(money|runtime)')] },
      },
      {
        name: 'money-depends-on-nothing',
        from: { path: '^libs/money/src/', pathNot: spec },
        to: { pathNot: '^libs/money/src/' },
      },
      {
        name: 'tests-stay-out-of-production',
        from: { path: '^(libs/(?!testing/)[^/]+|services/[^/]+|gateway)/src/', pathNot: spec },
        to: {
          path: [
            '^libs/testing/',
            ...packages('@reseller/testing', '@jest', 'jest', 'fast-check'),
            spec,
            '^[^/]+/[^/]+/test/',
          ],
        },
      },
    ]),
    options: {
      doNotFollow: { path: 'node_modules' },
      exclude: { path: ['/dist/', String.raw`/generated/prisma/(?!client\.ts$)`] },
      tsPreCompilationDeps: true,
      enhancedResolveOptions: {
        exportsFields: ['exports'],
        conditionNames: ['reseller-source', 'import', 'require', 'node', 'default', 'types'],
        extensions: ['.ts', '.js', '.mjs', '.cjs', '.d.ts', '.json'],
      },
    },
  };
}

const asErrors = (rules) => rules.map((rule) => ({ severity: 'error', ...rule }));

/** The noun that a capability is named after (orders/order.ts, product-copies/product-copy.ts) and its statuses (orders/order-status.ts). */
function isDomain(file) {
  const [folder, name] = file.split('/').slice(-2);
  const noun = name.replace(/\.ts$/, '');
  if (!name.endsWith('.ts') || noun.includes('.')) return false;
  const singular = noun.replace(/-status$/, '');
  return [`${singular}s`, `${singular}es`, `${singular.slice(0, -1)}ies`].includes(folder);
}

function serviceFiles(root) {
  const services = path.join(root, 'services');
  if (!existsSync(services)) return [];
  return readdirSync(services)
    .map((service) => path.join(services, service, 'src'))
    .filter((src) => existsSync(src))
    .flatMap((src) => readdirSync(src, { recursive: true }).map((file) => path.relative(root, path.join(src, file))))
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => file.endsWith('.ts') && !file.includes('/generated/'));
}

/** Patterns of exactly these files; one that matches none when there are none, because no pattern would match all. */
function exactly(files) {
  return files.length === 0 ? '^$' : files.map((file) => `^${file.replaceAll('.', String.raw`\.`)}$`);
}
