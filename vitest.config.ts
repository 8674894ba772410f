import { defineConfig } from 'vitest/config';

// Default export: Vitest reads its configuration from it.
export default defineConfig({
  test: { include: ['test/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000, pool: 'forks', maxWorkers: 2 },
});
