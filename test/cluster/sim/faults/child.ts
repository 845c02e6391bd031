import { type Here, runThere } from './here.ts';
import { pipelineNamed } from './pipelines.ts';

/** A runner in a process of its own, which tests can kill: `node child.ts <pipeline> <run> <Here as JSON>`. */
const [, , name, run, here] = process.argv;
const result = await runThere(JSON.parse(here!) as Here, pipelineNamed(name!), {
  run: run!,
  emit: (event) => {
    if (event.kind !== 'items-pending') process.stdout.write(`${event.kind}\n`);
  },
});
process.exitCode = result.exitCode;
