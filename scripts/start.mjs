// `npm start`: synthesizes the pipelines, validates the manifests, and runs one pipeline on this machine.
import { buildKubeconform } from './build-kubeconform.mjs';
import { buildReport } from './build-report.mjs';
import { buildSchemas } from './build-schemas.mjs';
import { podloom, run } from './lib/run.mjs';

await buildSchemas();
await buildKubeconform();
await buildReport();
await run('make-corpus', ['scripts/make-corpus.mjs']);
console.error('\n1. synth: pipelines/ → dist/');
await podloom(['synth']);
console.error('\n2. validate: dist/');
await podloom(['validate']);
console.error('\n3. run: map-reduce over 240 text files, on this machine');
await podloom(['run', 'map-reduce', '--local']);
console.error(`
Manifests: dist/argo, dist/jobs
Report:    runs/map-reduce/report.html (open it in a browser)
Logs:      runs/map-reduce/<task>/<item>.log (run it again: what has a log is skipped; --rerun all runs everything)`);
