import react from '@vitejs/plugin-react';
import { type Plugin, type UserConfig, defineConfig } from 'vite';

/** What the page may load: its own files, pictures made in place, and the engine's socket. Fonts and scripts come from the bundle only. */
const policy = [`default-src 'none'`, `script-src 'self'`, `style-src 'self'`, `font-src 'self'`, `img-src 'self' data:`, `worker-src 'self'`, `connect-src 'self' ws:`, `base-uri 'none'`, `form-action 'none'`].join('; ');

// Only in a build: the development server needs an inline script for hot reload.
const contentPolicy: Plugin = {
  name: 'winnow-content-policy', apply: 'build',
  transformIndexHtml: () => [{ tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: policy }, injectTo: 'head-prepend' }],
};

/** The renderer's build: also the renderer part of `electron.vite.config.ts`. */
export const rendererConfig: UserConfig = {
  root: import.meta.dirname,
  // Any path is a view: files are found from the root of the server or of the app's own protocol.
  base: '/',
  plugins: [react(), contentPolicy],
  build: {
    // Fonts as files: `font-src 'self'` allows no data.
    outDir: '../dist/renderer', emptyOutDir: true, assetsInlineLimit: 0, target: 'es2024', modulePreload: { polyfill: false },
    rolldownOptions: {
      input: `${import.meta.dirname}/index.html`,
      // zod and its setting are one file, so that no file with schemas runs before the setting.
      output: { codeSplitting: { groups: [{ name: 'zod', test: /[\\/]node_modules[\\/]zod[\\/]|[\\/]renderer[\\/]no-eval\.ts$/ }] } },
    },
  },
};

// Default export: Vite reads its configuration from it.
export default defineConfig(rendererConfig);
