// node --experimental-vm-modules node_modules/jest/bin/jest.js [paths]   (npm test does it, with databases and a broker)
// The file name says the size: *.unit.spec.ts, *.int.spec.ts (one service, real Postgres), *.e2e.spec.ts (all services).
import { swcOptions } from './scripts/lib/swc-options.mjs';

/** @type {import('jest').Config} */
export default {
  rootDir: import.meta.dirname,
  testMatch: ['**/*.{unit,int,e2e}.spec.ts', '<rootDir>/scripts/**/*.spec.mjs'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/.data/'],
  modulePathIgnorePatterns: ['<rootDir>/.data/', '<rootDir>/(libs/[^/]+|services/[^/]+|gateway)/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  resolver: '<rootDir>/scripts/lib/jest-resolver.cjs',
  transform: { '^.+\\.ts$': ['@swc/jest', { ...swcOptions, sourceMaps: 'inline' }] },
  testEnvironment: 'node',
  // Tests read the libs' sources (see "exports" in each lib's package.json): nothing has to be built first.
  testEnvironmentOptions: { customExportConditions: ['reseller-source', 'node'] },
  // Each test file boots a service with its own database; more workers only make them wait for each other.
  maxWorkers: process.env.JEST_MAX_WORKERS ?? 2,
  // Long enough for a machine that does something else as well; a test that passes never waits for it.
  testTimeout: 60_000,
  workerIdleMemoryLimit: '1200MB',
};
