import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['podloom-source', 'node', 'import'] },
  ssr: { resolve: { conditions: ['podloom-source', 'node', 'import'] } },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // The suite has to run on 2 cores; child processes of the tests are the real load.
    maxWorkers: 2,
  },
});
