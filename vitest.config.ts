import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Default export: Vitest reads its configuration from it.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000, pool: 'forks', maxWorkers: 2,
    // Tests make workspaces; whoever runs them must not find those in the list of his own.
    env: { WINNOW_CONFIG: join(tmpdir(), 'winnow-test-config') } },
});
