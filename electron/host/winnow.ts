/**
 * Entry of the command line. Checks the runtime before anything that needs it is loaded: the SQLite driver crashes on an old Node, so an
 * old one must be told apart first (npm's scripts bring their own Node; this is for a direct start).
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`winnow needs Node 22.18 or newer, this is ${process.versions.node}.\nStart it through npm, which brings its own: npm run -s winnow -- ${process.argv.slice(2).join(' ')}\n`);
  process.exit(2);
}
// Compiled modules are kept beside the installed packages, for the threads as well: a start costs half as much. Where that can't be written, nothing is kept.
const { enableCompileCache } = await import('node:module');
const { fileURLToPath } = await import('node:url');
const cache = enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/winnow-compile', import.meta.url)));
if (cache.directory !== undefined) process.env['NODE_COMPILE_CACHE'] ??= cache.directory;
const { main } = await import('./cli.ts');
process.exitCode = await main(process.argv.slice(2));
