// Sources import './place-order.js', as Node wants it; under Jest that file is still './place-order.ts'.
// Only our own sources are concerned: a package in node_modules keeps the resolution it was published with.
const { existsSync } = require('node:fs');
const path = require('node:path');

module.exports = (request, options) => {
  if (
    request.startsWith('.') &&
    request.endsWith('.js') &&
    !options.basedir.includes(`${path.sep}node_modules${path.sep}`)
  ) {
    const source = path.resolve(options.basedir, request.replace(/\.js$/, '.ts'));
    if (existsSync(source)) return source;
  }
  return options.defaultResolver(request, options);
};
