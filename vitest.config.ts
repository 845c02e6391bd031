import { defineConfig } from 'vitest/config';

const conditions = ['podloom-source', 'node', 'import'];

/** Tests on a cluster of that size, which comes up once for all of them: `npm test -- --project sim`. */
const cluster = (size: 'api' | 'sim' | 'real') => ({
  extends: true as const,
  test: {
    name: size,
    include: [`test/cluster/${size}/**/*.test.ts`],
    globalSetup: `test/cluster/rig/setup-${size}.ts`,
    setupFiles: 'test/cluster/rig/print-logs.ts',
  },
});

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // They end what hangs. Nothing is to fail because a machine is slow, or busy.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // The suite has to run on 2 cores; child processes of the tests are the real load.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/cluster/{api,sim,real}/**'] },
      },
      cluster('api'),
      cluster('sim'),
      cluster('real'),
    ],
  },
});
