// How TypeScript becomes JavaScript, for the build and for Jest alike, so that a test runs what production runs.

/** @type {import('@swc/core').Options} */
export const swcOptions = {
  swcrc: false,
  configFile: false,
  sourceMaps: true,
  module: { type: 'es6' },
  jsc: {
    target: 'es2022',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    // Nest injects by the types of constructor parameters, which only the old decorators with metadata record.
    transform: { legacyDecorator: true, decoratorMetadata: true, verbatimModuleSyntax: true },
  },
};
