import { type Here, runThere } from './runner-here.ts';
import { pipelineNamed } from './runner-pipelines.ts';

/** A runner in a process of its own, which tests can kill: `node runner-child.ts <pipeline> <run> <Here as JSON>`. */
const [, , name, run, here] = process.argv;
const result = await runThere(JSON.parse(here!) as Here, pipelineNamed(name!), {
  run: run!,
  emit: (event) => {
    if (event.kind !== 'items-pending') process.stdout.write(`${event.kind}\n`);
  },
});
process.exitCode = result.exitCode;
