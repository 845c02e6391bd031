// Builds what the npm package carries: compiled JavaScript and types in lib/, validators, kubeconform as WebAssembly.
import { rmSync } from 'node:fs';
import { buildKubeconform } from './build-kubeconform.mjs';
import { buildSchemas } from './build-schemas.mjs';
import { root, run } from './lib/run.mjs';

await buildSchemas();
await buildKubeconform();
rmSync(`${root}/lib`, { recursive: true, force: true });
await run('typescript: src → lib', ['node_modules/typescript/bin/tsc', '--project', 'tsconfig.build.json']);
