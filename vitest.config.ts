import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const browser = 'test/e2e/**/*.test.ts';

// Default export: Vitest reads its configuration from it.
export default defineConfig({
  test: {
    testTimeout: 120_000, hookTimeout: 120_000, pool: 'forks', maxWorkers: 2,
    // Tests make workspaces; whoever runs them must not find those in the list of his own.
    env: { WINNOW_CONFIG: join(tmpdir(), 'winnow-test-config') },
    projects: [
      { extends: true, test: { name: 'engine', include: ['test/**/*.test.ts'], exclude: [browser] } },
      // One workspace and one page, built before the first of them.
      { extends: true, test: { name: 'browser', include: [browser], globalSetup: ['test/e2e/stage/build.ts'] } },
    ],
  },
});
