import { defineConfig } from 'electron-vite';
import { rendererConfig } from './renderer/vite.config.ts';

// Default export: electron-vite reads its configuration from it.
export default defineConfig({
  main: {
    build: {
      outDir: 'dist/main', target: 'node24', externalizeDeps: true,
      // Workers are entries of their own: `workerUrl` finds them beside main.js by name.
      rolldownOptions: {
        input: {
          main: 'electron/shell/main.ts', engine: 'electron/workers/engine.ts', parse: 'electron/workers/parse.ts', decide: 'electron/workers/decide.ts', query: 'electron/workers/query.ts', 'query-process': 'electron/workers/query-process.ts',
        },
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'dist/preload', target: 'node24',
      // CommonJS, so that it loads under `sandbox: true`.
      rolldownOptions: { input: { preload: 'electron/shell/preload.ts' }, output: { format: 'cjs', entryFileNames: '[name].cjs' } },
    },
  },
  renderer: rendererConfig,
});
