import { runKinds, type WhatToRun } from './argo-run-here.ts';

// A runner of its own, to be killed: prints each event in a line, and how the run ended.
const what = JSON.parse(process.argv[2] as string) as WhatToRun;
const result = await runKinds(what, (event) => process.stdout.write(`${event.kind}\n`));
process.stdout.write(`exit ${result.exitCode}\n`);
