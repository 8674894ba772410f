import { join } from 'node:path';
import { defineConfig } from 'electron-vite';
import { rendererConfig } from './renderer/vite.config.ts';

// Three builds, all for Electron 45 (Node 24). electron-vite bundles this file, which moves it: paths start from where it is run.
const root = process.cwd();
const entries = { main: 'shell/main.ts', 'desk-process': 'workers/desk-process.ts', engine: 'workers/engine.ts', parse: 'workers/parse.ts', decide: 'workers/decide.ts', pull: 'workers/pull.ts', query: 'workers/query.ts', 'query-process': 'workers/query-process.ts' };

// Default export: electron-vite reads its configuration from it.
export default defineConfig({
  main: {
    build: {
      outDir: 'dist/main', target: 'node24', externalizeDeps: true, minify: false,
      // Processes and threads are entries of their own: they are found beside main.js by name.
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, join(root, 'electron', file)])),
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'dist/preload', target: 'node24', minify: false,
      // CommonJS, so that it loads under `sandbox: true`; whole in one file, as a sandboxed preload can require nothing but Electron.
      externalizeDeps: false, isolatedEntries: false,
      rolldownOptions: { input: { preload: join(root, 'electron', 'shell', 'preload.ts') }, output: { format: 'cjs', entryFileNames: '[name].cjs' } },
    },
  },
  renderer: { ...rendererConfig, root: join(root, 'renderer'), build: { ...rendererConfig.build, outDir: join(root, 'dist', 'renderer'), rolldownOptions: { input: join(root, 'renderer', 'index.html') } } },
});
