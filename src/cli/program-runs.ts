import { type Command, Option } from 'commander';
import { examples } from './help.ts';
import { choice, positiveInteger, seconds, several, withCluster, withDiagnostics } from './options.ts';
import type { Finish, Ports } from './ports.ts';
import { outputFormats } from './run-reporter.ts';

/** Commands that run pipelines and look after their runs. */
export function addRunCommands(program: Command, ports: Ports, finish: Finish): void {
  addRun(program, ports, finish);
  addResume(program, ports, finish);
  addStatus(program, ports, finish);
  addLogs(program, ports, finish);
  addCancel(program, ports, finish);
}

/** Flags of all commands that follow a run. */
export function withFollowing(command: Command): Command {
  return command
    .option(
      '--max-running <n>',
      'items at once (default: what the pipeline says; on this machine the number of processors)',
      positiveInteger,
    )
    .option('--rerun <what>', 'what runs again: failed, changed, all, a task, an item, or task/item', 'failed')
    .option('--timeout <duration>', 'follow for so long, then detach and exit with 3: 90s, 5m, 1h30m', seconds)
    .option(
      '--pending-timeout <duration>',
      'a task fails when none of its items could start for so long, with the reason of the scheduler',
      seconds,
    )
    .option('--max-pending <n>', 'items that wait for a node or an image at once', positiveInteger)
    .option('--submit-rate <n>', 'items that are started in a second, at most', positiveInteger)
    .addOption(
      new Option('--fail-fast', 'end the run when an item has failed its task; exit tasks still run').conflicts(
        'keepGoing',
      ),
    )
    .option('--keep-going', 'run all that does not need what failed (default)')
    .addOption(choice('--output <format>', 'how progress is told', outputFormats, 'human'));
}

export function withLogdir(command: Command): Command {
  return command.option('--logdir <folder>', 'where runs are kept (default: runs)');
}

function addRun(program: Command, ports: Ports, finish: Finish): void {
  const command = program
    .command('run <pipeline>')
    .summary('run a pipeline in a cluster or on this machine')
    .description(
      'Runs a pipeline (an id or a file) as Jobs of a cluster, a new run each time, and follows it to its end; with --local as\nprocesses of this machine. Each item has a log: runs/<run>/<task>/<item>.log, or .err when it failed.\nCtrl-C detaches from a cluster: the Jobs go on, and `podloom resume` follows them again.',
    )
    .option('--local', 'on this machine, without a cluster')
    .addOption(choice('--target <target>', 'who conducts: podloom, with Jobs (default), or Argo', ['jobs', 'argo']))
    .option('-p, --parameter <name=value>', 'a parameter of the pipeline; may be given several times', several)
    .option(
      '--run <name>',
      'name of the run; one that exists is gone on with (default: a new one; with --local the name of the pipeline)',
    )
    .option('--profile <file>', 'YAML or JSON file that describes the cluster')
    .option('-y, --yes', 'do not ask before the first write');
  examples(withDiagnostics(withCluster(withLogdir(withFollowing(command)))), [
    ['podloom run words', 'in the current context of the kubeconfig'],
    ['podloom run words --context lab -n vision -p min=3', 'somewhere else, with a parameter'],
    ['podloom run words --target argo', 'as a Workflow of Argo'],
    ['podloom run words --fail-fast', 'end it at the first failure'],
    ['podloom run words --local', 'on this machine'],
    ['podloom run words --local --run words-3 --rerun all', 'everything again'],
  ]).action(async (pipeline: string, options) =>
    finish(await (await import('./commands/run.ts')).run(ports, pipeline, options)),
  );
}

function addResume(program: Command, ports: Ports, finish: Finish): void {
  const command = program
    .command('resume [run]')
    .summary('go on with a run')
    .description(
      'Goes on with a run (a name, or the path of its folder; default: the last): where it was, with its parameters. Items that are\ndone are skipped, Jobs that run are followed again, and what failed is run again.',
    )
    .option('--profile <file>', 'YAML or JSON file that describes the cluster')
    .option('-y, --yes', 'do not ask before the first write');
  examples(withDiagnostics(withCluster(withLogdir(withFollowing(command)))), [
    ['podloom resume', 'the run that was started last'],
    ['podloom resume words-x7k2p --rerun count/main', 'and run an item again that is done'],
  ]).action(async (run: string | undefined, options) =>
    finish(await (await import('./commands/resume.ts')).resume(ports, run, options)),
  );
}

function addStatus(program: Command, ports: Ports, finish: Finish): void {
  const command = program
    .command('status [run]')
    .summary('how a run stands')
    .description(
      'Tells how a run stands (a name, or the path of its folder; default: the last): from its folder, and what its Jobs in the\ncluster say now.',
    )
    .option('--all', 'list all runs instead')
    .addOption(choice('--output <format>', 'how it is told', ['human', 'json'], 'human'));
  examples(withDiagnostics(withCluster(withLogdir(command))), [
    ['podloom status', 'the run that was started last'],
    ['podloom status words-x7k2p --output json', 'for programs'],
    ['podloom status --all', 'what runs there are'],
  ]).action(async (run: string | undefined, options) =>
    finish(await (await import('./commands/status.ts')).status(ports, run, options)),
  );
}

function addLogs(program: Command, ports: Ports, finish: Finish): void {
  const command = program
    .command('logs [item]')
    .summary('print logs of a run')
    .description(
      'Prints the logs of a run: of one item (task/item), of a task, or of all. They are files; what is not here yet is read from\nthe cluster. Of several logs each line begins with its item.',
    )
    .option('-f, --follow', 'go on until the run, or the item, has ended')
    .option('--run <name>', 'name of the run, or the path of its folder (default: the last)');
  examples(withDiagnostics(withCluster(withLogdir(command))), [
    ['podloom logs count/main', 'one item of the last run'],
    ['podloom logs -f --run words-x7k2p', 'everything, as it comes'],
  ]).action(async (item: string | undefined, options) =>
    finish(await (await import('./commands/logs.ts')).logs(ports, item, options)),
  );
}

function addCancel(program: Command, ports: Ports, finish: Finish): void {
  const command = program
    .command('cancel [run]')
    .summary('end a run in a cluster')
    .description(
      'Removes what a run (a name, or the path of its folder; default: the last) has in the cluster: its Jobs or Workflow with their\npods, found by their label. Waits until the pods are gone. Logs that are here stay.',
    )
    .option('--timeout <duration>', 'wait so long for the pods to go, then exit with 3 (default: 10m)', seconds, 600)
    .option('-y, --yes', 'do not ask');
  examples(withDiagnostics(withCluster(withLogdir(command))), [
    ['podloom cancel', 'the run that was started last'],
    ['podloom cancel words-x7k2p -n vision', 'one whose folder is elsewhere'],
  ]).action(async (run: string | undefined, options) =>
    finish(await (await import('./commands/cancel.ts')).cancel(ports, run, options)),
  );
}
