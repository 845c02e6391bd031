import type { Command } from 'commander';
import { examples } from './help.ts';
import { choice, several, withCluster, withDiagnostics } from './options.ts';
import type { Finish, Ports } from './ports.ts';
import { outputFormats } from './run-reporter.ts';

/** Commands for runs that go on without the machine that started them. */
export function addConductorCommands(program: Command, ports: Ports, finish: Finish): void {
  addAttach(program, ports, finish);
  addConduct(program, ports, finish);
}

function addAttach(program: Command, ports: Ports, finish: Finish): void {
  const command = program
    .command('attach [run]')
    .summary('follow a run that goes on in the cluster')
    .description(
      'Follows a run that a conductor drives in the cluster (default: the last one there) and brings its logs here, those of items\nthat have ended too. Changes nothing there, and needs no sources of the pipeline. Ends with the exit code of the run;\nCtrl-C leaves it alone.',
    )
    .option('--logdir <folder>', 'where runs are kept (default: runs)')
    .addOption(choice('--output <format>', 'how progress is told', outputFormats, 'human'));
  examples(withDiagnostics(withCluster(command)), [
    ['podloom attach', 'the run that was started last'],
    ['podloom attach words-x7k2p -n vision', 'one of another namespace'],
  ]).action(async (run: string | undefined, options) =>
    finish(await (await import('./commands/attach.ts')).attach(ports, run, options)),
  );
}

function addConduct(program: Command, ports: Ports, finish: Finish): void {
  const command = program
    .command('conduct')
    .summary('run a plan inside a cluster')
    .description(
      'What the pod of a conductor runs: the pipeline of a plan (dist/jobs/<pipeline>.gitops.yaml), in the namespace that it is in. The run is\ncalled as the Job of the pod (PODLOOM_RUN). Goes on where the run stands.',
    )
    .requiredOption('--plan <folder>', 'folder with the parts of the plan')
    .requiredOption('--logdir <folder>', 'where logs and the state of the run are kept while it runs')
    .option('-p, --parameter <name=value>', 'a parameter of the pipeline; may be given several times', several)
    .option('--fail-fast', 'end the run when an item has failed its task; exit tasks still run');
  examples(withDiagnostics(command), [
    ['podloom conduct --plan /podloom/plan --logdir /podloom/runs', 'as the Jobs of `podloom synth` do'],
  ]).action(async (options) => finish(await (await import('./commands/conduct.ts')).conduct(ports, options)));
}
