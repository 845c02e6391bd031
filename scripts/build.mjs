// Builds what the npm package carries: compiled JavaScript and types in lib/, validators, kubeconform as WebAssembly.
import { buildKubeconform } from './build-kubeconform.mjs';
import { buildLib } from './build-lib.mjs';
import { buildReport } from './build-report.mjs';
import { buildSchemas } from './build-schemas.mjs';

await buildSchemas();
await buildKubeconform();
await buildReport();
await buildLib();
